-- A facility's own words for its mails.

-- name: get_wording
SELECT * FROM wording WHERE facility_id = $1 AND template = $2 AND language = $3;

-- name: save_wording
-- No row when somebody else saved meanwhile; $8 is the version that was read, 0 for none.
INSERT INTO wording (facility_id, template, language, subject, body, created_at, created_by, updated_at, updated_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)
ON CONFLICT (facility_id, template, language) DO UPDATE SET
  subject = excluded.subject, body = excluded.body, version = wording.version + 1,
  updated_at = excluded.updated_at, updated_by = excluded.updated_by
WHERE wording.version = $8
RETURNING *;
