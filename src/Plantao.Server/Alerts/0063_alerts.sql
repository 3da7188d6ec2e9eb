-- What is quiet now is asked by every decision: what is over is not looked through for it.
CREATE INDEX silences_live ON silences (ends_at) WHERE ended_at IS NULL;
CREATE INDEX maintenance_live ON maintenance (ends_at) WHERE ended_at IS NULL;
-- The members of a group are read in the order of their ids: without the id in it, all alerts were walked through for an alert's screen.
DROP INDEX alerts_group;
CREATE INDEX alerts_group ON alerts (group_id, id);
