-- How many records an export gave out; only of rows that tell an export's end.
ALTER TABLE audit_row ADD COLUMN row_count bigint CHECK (row_count >= 0);
