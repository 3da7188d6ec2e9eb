-- Two shifts that change hands together. One asks, the other agrees; until then nothing changes, and then there are two overrides.
CREATE TABLE swaps (
    id TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_of TEXT NOT NULL,
    gives_from BIGINT NOT NULL,
    gives_until BIGINT NOT NULL,
    takes_from BIGINT NOT NULL,
    takes_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer TEXT
);
CREATE INDEX swaps_schedule ON swaps (schedule, answered_at);
