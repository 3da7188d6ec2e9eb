CREATE TABLE escalation_policies (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    team TEXT,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    removed_at BIGINT
);

-- A climb keeps its own copy of the policy; equal copies are one row.
CREATE TABLE policy_copies (
    digest TEXT PRIMARY KEY,
    doc TEXT NOT NULL
);

-- One climb for one subject (a group of alerts). due_at is when it acts next by itself.
CREATE TABLE escalations (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    policy_copy TEXT NOT NULL,
    urgency TEXT NOT NULL,
    rank BIGINT NOT NULL,
    status TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    step BIGINT NOT NULL,
    round BIGINT NOT NULL,
    due_at BIGINT,
    by_user TEXT,
    acknowledged_at BIGINT,
    acknowledged_until BIGINT,
    asked BIGINT NOT NULL,
    reached BIGINT NOT NULL,
    correlation TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    failures BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX escalations_due ON escalations (due_at) WHERE due_at IS NOT NULL;
