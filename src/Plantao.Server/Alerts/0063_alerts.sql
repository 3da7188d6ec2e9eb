-- What is quiet now is asked by every decision: what is over is not looked through for it.
CREATE INDEX silences_live ON silences (ends_at) WHERE ended_at IS NULL;
CREATE INDEX maintenance_live ON maintenance (ends_at) WHERE ended_at IS NULL;
