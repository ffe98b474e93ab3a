-- What is due for a destination is read off what waits for it: a row that said it had to be written by everybody who queued
-- something.
DROP INDEX destinations_due;
ALTER TABLE destinations DROP COLUMN next_at;
CREATE INDEX deliveries_sending ON deliveries (destination) WHERE status = 'sending';
CREATE INDEX destinations_by_name ON destinations (destination);
