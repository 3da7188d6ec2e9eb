-- What pages are about. The epoch here is the fence: what was made for an earlier one is not sent.
CREATE TABLE page_subjects (
    id TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    title TEXT NOT NULL,
    text TEXT,
    facts TEXT NOT NULL,
    thread TEXT NOT NULL,
    rank BIGINT NOT NULL,
    correlation TEXT NOT NULL,
    path TEXT NOT NULL
);

-- Asking one person to answer. due_at is when the person's rules act next.
CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    why TEXT NOT NULL,
    urgency TEXT NOT NULL,
    rank BIGINT NOT NULL,
    status TEXT NOT NULL,
    rules TEXT NOT NULL,
    rule_step BIGINT NOT NULL,
    due_at BIGINT,
    held BIGINT NOT NULL,
    short_code TEXT NOT NULL,
    answer_digest {bytes} NOT NULL,
    answer_sealed {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    correlation TEXT NOT NULL
);
CREATE INDEX pages_subject ON pages (subject, epoch);
CREATE INDEX pages_open ON pages (subject) WHERE status = 'Open';
CREATE INDEX pages_due ON pages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX pages_of_person ON pages (user_id, created_at);
CREATE UNIQUE INDEX pages_answer ON pages (answer_digest);

-- One message to one person through one channel. The id is made from page and slot, never from the attempt.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    page_id TEXT,
    slot TEXT NOT NULL,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    method_id TEXT NOT NULL,
    rank BIGINT NOT NULL,
    status TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_end BIGINT NOT NULL,
    repeat BIGINT NOT NULL,
    void BIGINT NOT NULL,
    content {bytes},
    provider_id TEXT,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    correlation TEXT NOT NULL
);
CREATE UNIQUE INDEX deliveries_slot ON deliveries (page_id, slot);
CREATE INDEX deliveries_due ON deliveries (channel, rank, due_at) WHERE status IN ('Pending', 'Sending');
CREATE INDEX deliveries_of_page ON deliveries (page_id);

-- Every stage of every page on its way. Only added to.
CREATE TABLE hops (
    id {number},
    page_id TEXT NOT NULL,
    delivery_id TEXT,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    detail TEXT
);
CREATE INDEX hops_of_page ON hops (page_id, id);
