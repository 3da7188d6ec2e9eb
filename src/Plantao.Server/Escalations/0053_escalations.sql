-- Whether any climb has reached nobody is asked by every screen's signs: not by looking at all that ended in 13 months.
CREATE INDEX escalations_unanswered ON escalations (reached) WHERE status = 'Unanswered';
