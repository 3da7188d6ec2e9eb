-- Who asked for a new password, until a worker looks whose address it is: asking takes the same time whether it is anybody's.
CREATE TABLE reset_requests (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    correlation TEXT NOT NULL
);
