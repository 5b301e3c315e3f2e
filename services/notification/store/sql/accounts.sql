-- Mail to accounts.

-- name: keep_account_mail
-- no facility: follows its message
INSERT INTO account_mail (message_id, address, language, token, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: account_mail_now
-- no facility: follows its message
SELECT address, language, token, expires_at FROM account_mail WHERE message_id = $1;
