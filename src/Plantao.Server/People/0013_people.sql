-- One for each person at most: the digest of the address at which a calendar reads their shifts. Making another, or ending it, ends the one before.
CREATE TABLE calendar_feeds (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    digest {bytes} NOT NULL UNIQUE,
    made_at BIGINT NOT NULL,
    read_at BIGINT
);
