-- The keyed endpoints through which tools tell us.
CREATE TABLE integrations (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    service TEXT,
    team TEXT,
    format TEXT NOT NULL,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    removed_at BIGINT
);
-- Two keys may live at once, for rotation. Only the digest is kept.
CREATE TABLE integration_keys (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL,
    digest {bytes} NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- The inbox: every message as it was received, sealed. Only added to; numbers rise in the order of the commits.
CREATE TABLE signals (
    id {number},
    integration_id TEXT NOT NULL,
    format TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    correlation TEXT NOT NULL,
    external_id TEXT,
    body {bytes} NOT NULL
);
CREATE UNIQUE INDEX signals_external ON signals (integration_id, external_id) WHERE external_id IS NOT NULL;
CREATE TABLE signal_cursor (
    id BIGINT PRIMARY KEY,
    position BIGINT NOT NULL
);
INSERT INTO signal_cursor (id, position) VALUES (1, 0);
-- Signals whose deciding threw: kept, tried again, and paged from their raw text meanwhile.
CREATE TABLE dead_letters (
    signal_id BIGINT PRIMARY KEY,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    error TEXT NOT NULL,
    first_at BIGINT NOT NULL
);
-- What was not taken, for the integration's owner.
CREATE TABLE refusals (
    id {number},
    integration_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    why TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    head TEXT NOT NULL,
    correlation TEXT NOT NULL,
    -- Whether the owner was told of this refusal: at the first, and again every 5 min while they go on.
    told BIGINT NOT NULL
);
CREATE INDEX refusals_of_integration ON refusals (integration_id, at);

-- What is kept of a condition between its alerts: what a late signal is judged by. While an alert of it is unresolved, that alert holds the rest.
-- hash: of the integration and the source's own name of the condition.
CREATE TABLE alert_keys (
    hash {bytes} PRIMARY KEY,
    last_alert TEXT,
    resolved_source_at BIGINT,
    fired_source_at BIGINT,
    openings TEXT NOT NULL
);

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL,
    key_hash {bytes} NOT NULL,
    group_id TEXT NOT NULL,
    service TEXT,
    team TEXT,
    status TEXT NOT NULL,
    quiet TEXT,
    urgency TEXT NOT NULL,
    rank BIGINT NOT NULL,
    severity TEXT,
    flapping BIGINT NOT NULL,
    unrouted BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    source_at BIGINT NOT NULL,
    fired_source_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    resolved_at BIGINT,
    resolved_by TEXT,
    ends_at BIGINT,
    due_at BIGINT,
    first_signal BIGINT NOT NULL,
    first_signal_at BIGINT NOT NULL,
    last_signal BIGINT NOT NULL,
    last_signal_at BIGINT NOT NULL,
    signals BIGINT NOT NULL,
    previous TEXT,
    correlation TEXT NOT NULL,
    text_hash BIGINT NOT NULL
);
CREATE INDEX alerts_group ON alerts (group_id);
CREATE INDEX alerts_open ON alerts (id) WHERE status <> 'Resolved';
CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
-- Of one condition at most one alert is unresolved, whatever the program thinks; and this is how it is found.
CREATE UNIQUE INDEX alerts_condition ON alerts (key_hash) WHERE status <> 'Resolved';

-- What an alert says: written once, changed rarely, apart from what changes with each signal.
CREATE TABLE alert_texts (
    alert_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    link TEXT,
    dedup_key TEXT,
    source_severity TEXT,
    routed TEXT NOT NULL
);

-- Alerts of one service that climb as one, led by the first.
CREATE TABLE alert_groups (
    id TEXT PRIMARY KEY,
    service TEXT,
    key TEXT NOT NULL,
    leader TEXT NOT NULL,
    unresolved BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX alert_groups_open ON alert_groups (coalesce(service, ''), key) WHERE ended_at IS NULL;

-- Signals that changed something or came to nothing; a repeat is counted on its alert instead, and the first stands in its alert's row.
CREATE TABLE signal_outcomes (
    id {number},
    signal_id BIGINT NOT NULL,
    alert_id TEXT,
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX signal_outcomes_alert ON signal_outcomes (alert_id, id) WHERE alert_id IS NOT NULL;

-- Changes that were told (a deploy, a setting): shown beside alerts, notify nobody.
CREATE TABLE changes (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL,
    service TEXT,
    title TEXT NOT NULL,
    at BIGINT NOT NULL,
    link TEXT,
    details TEXT NOT NULL
);
CREATE INDEX changes_at ON changes (at);

CREATE TABLE routes (
    name TEXT PRIMARY KEY,
    team TEXT,
    position BIGINT NOT NULL,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    removed_at BIGINT
);

-- Time-boxed mutes. due_at is the next instant at which one begins or ends.
CREATE TABLE silences (
    id TEXT PRIMARY KEY,
    matchers TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    comment TEXT NOT NULL,
    gravest BIGINT NOT NULL,
    team TEXT,
    ended_at BIGINT
);
CREATE TABLE maintenance (
    id TEXT PRIMARY KEY,
    services TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    comment TEXT NOT NULL,
    gravest BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE TABLE heartbeats (
    integration_id TEXT NOT NULL,
    name TEXT NOT NULL,
    period BIGINT NOT NULL,
    grace BIGINT NOT NULL,
    last_at BIGINT,
    due_at BIGINT,
    missing BIGINT NOT NULL,
    PRIMARY KEY (integration_id, name)
);
CREATE INDEX heartbeats_due ON heartbeats (due_at) WHERE due_at IS NOT NULL;
