-- What every room stands on.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO settings (name, value) VALUES ('probe', '0'), ('oldest_program', '1'), ('state', 'running');

-- The journal: position and hash are given by the sealer (on SQLite by the writer, in the same transaction).
CREATE TABLE journal (
    id TEXT PRIMARY KEY,
    position BIGINT UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    correlation TEXT NOT NULL,
    facts TEXT NOT NULL,
    text_digest {bytes},
    hash {bytes}
);
CREATE INDEX journal_subject ON journal (subject, position);
--postgres:CREATE INDEX journal_unsealed ON journal (id) WHERE position IS NULL;
CREATE TABLE journal_texts (
    entry_id TEXT PRIMARY KEY,
    salt {bytes} NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE journal_head (
    id BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    hash {bytes} NOT NULL
);
--postgres:INSERT INTO journal_head (id, position, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
CREATE TABLE journal_readers (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE journal_set_aside (
    reader TEXT NOT NULL,
    position BIGINT NOT NULL,
    error TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (reader, position)
);

-- A claim that ends by itself, for what one node does at a time.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    fence BIGINT NOT NULL,
    lease_end BIGINT NOT NULL
);

-- Encrypted with the key that lies outside the database.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    sealed {bytes} NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The first answer to a call that carried an Idempotency-Key.
CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);

-- Keys that protect cookies and forms: rows too, so that one backup is everything.
CREATE TABLE protection_keys (
    id TEXT PRIMARY KEY,
    xml {bytes} NOT NULL,
    made_at BIGINT NOT NULL
);

-- Nodes that are or were there, and how far their clock is from the database's.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    version TEXT NOT NULL,
    clock_offset BIGINT NOT NULL
);
