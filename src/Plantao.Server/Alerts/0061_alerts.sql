-- Deduplication does not rest on the program alone: of one condition at most one alert is unresolved.
CREATE UNIQUE INDEX alerts_condition ON alerts (integration_id, key_hash) WHERE status <> 'Resolved';
-- Whether the owner was told of this refusal: at the first, and again every 5 min while they go on.
ALTER TABLE refusals ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
