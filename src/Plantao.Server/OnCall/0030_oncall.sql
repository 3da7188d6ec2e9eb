CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    team TEXT,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    removed_at BIGINT
);

-- A person put in for a span. Rows, not definitions: they are made in a hurry, by who is there.
CREATE TABLE overrides (
    id TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    user_id TEXT NOT NULL,
    replaces TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX overrides_schedule ON overrides (schedule, until_at);
