-- What can break and whose it is. The document is the definition as applied; the columns are what queries ask for.
CREATE TABLE services (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    team_id TEXT REFERENCES teams (id),
    escalation_policy TEXT,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX services_team ON services (team_id);
