-- Until when the mails that left are paid for at the rate that is allowed, for all servers together.
ALTER TABLE destinations ADD COLUMN paced_until BIGINT;
