-- name: insert_clinical_item
INSERT INTO clinical_item (id, facility_id, patient_id, kind, status, name, code, system, severity, noted_on, created_at,
                           created_by, updated_at, updated_by)
VALUES ($1, $2, $3, $4, 'ACTIVE', $5, $6, $7, $8, $9, $10, $11, $10, $11);

-- name: get_clinical_item
SELECT * FROM clinical_item WHERE facility_id = $1 AND patient_id = $2 AND kind = $3 AND id = $4;

-- name: void_clinical_item
UPDATE clinical_item SET status = 'VOIDED', void_reason = $4, updated_at = $5, updated_by = $6, version = version + 1
WHERE facility_id = $1 AND patient_id = $2 AND id = $3
RETURNING version;

-- name: list_clinical_items
-- In the order in which they were noted; $5 the last one of the page before.
SELECT * FROM clinical_item
WHERE facility_id = $1 AND patient_id = $2 AND kind = $3 AND status = $4 AND ($5::uuid IS NULL OR id > $5)
ORDER BY id
LIMIT $6;

-- name: present_allergies
-- Of these patients.
SELECT * FROM clinical_item
WHERE facility_id = $1 AND patient_id = ANY ($2::uuid[]) AND kind = 'ALLERGY' AND status = 'ACTIVE'
ORDER BY patient_id, id;
