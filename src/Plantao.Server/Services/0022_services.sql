-- When a service's support hours begin next: then what is open at low urgency may become high. Null: its definition says nothing of that.
-- What is there already is looked at once.
ALTER TABLE services ADD COLUMN hours_at BIGINT;
UPDATE services SET hours_at = 0 WHERE doc LIKE '%"supportHours"%';
CREATE INDEX services_hours ON services (hours_at) WHERE hours_at IS NOT NULL;
