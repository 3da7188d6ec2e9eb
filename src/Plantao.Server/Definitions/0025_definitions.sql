-- What a team would review in a pull request. Each definition is owned by the web or by a pack.
CREATE TABLE packs (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    version TEXT NOT NULL,
    description TEXT,
    applied_at BIGINT NOT NULL,
    applied_by TEXT NOT NULL
);
CREATE TABLE definitions (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    pack TEXT,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    drifted BIGINT NOT NULL,
    applied TEXT,
    removed_at BIGINT,
    PRIMARY KEY (kind, name)
);
-- Numbered, with author, time and digest. Never changed.
CREATE TABLE definition_revisions (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    pack TEXT,
    reason TEXT,
    PRIMARY KEY (kind, name, revision)
);
