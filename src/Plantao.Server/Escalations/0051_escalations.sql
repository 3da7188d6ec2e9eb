-- What is gravest is taken first, also when thousands are due.
CREATE INDEX escalations_gravest ON escalations (rank, due_at) WHERE due_at IS NOT NULL AND rank <= 1;
