-- In which order entries were written. Their ids are time-ordered between transactions only: two made within one millisecond may stand
-- the other way round, and the order inside a transaction is what happened. PostgreSQL counts; on SQLite the writer gives places at once.
ALTER TABLE journal ADD COLUMN written BIGINT;
--postgres: CREATE SEQUENCE journal_written;
--postgres: ALTER TABLE journal ALTER COLUMN written SET DEFAULT nextval('journal_written');
-- The oldest program that may use this schema, by its version.
UPDATE settings SET value = '0.1.0' WHERE name = 'oldest_program';
