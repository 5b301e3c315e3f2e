-- Who signs in from where they have been before goes ahead of strangers when many sign in at once.
CREATE INDEX session_by_address ON session (account_id, remote_addr);
