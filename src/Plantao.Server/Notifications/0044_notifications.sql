-- What is being sent is a handful, and what waits may be a whole storm: to find what a dead node left, the storm is not looked through with every claim.
CREATE INDEX deliveries_sending ON deliveries (channel, lease_end) WHERE status = 'Sending';
