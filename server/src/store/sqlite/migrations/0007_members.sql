-- When somebody was last here, account by account: what they do in another one is nobody's business here.
ALTER TABLE members ADD COLUMN last_sign_in_at INTEGER;
UPDATE members SET last_sign_in_at = (SELECT last_sign_in_at FROM users WHERE id = user_id)
WHERE (SELECT count(*) FROM members AS other WHERE other.user_id = members.user_id) = 1;
