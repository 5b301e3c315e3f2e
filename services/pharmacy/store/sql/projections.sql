-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, code, name, zone, currency, address, phone, reservation_h) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, zone = excluded.zone,
  currency = excluded.currency, address = excluded.address, phone = excluded.phone, reservation_h = excluded.reservation_h;

-- name: get_facility
-- no facility: the facility's own row
SELECT name, zone, currency, address, phone, reservation_h FROM facility WHERE id = $1;

-- name: project_patient
INSERT INTO patient (id, facility_id, display_name, mrn, birth_date, allergies) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, mrn = excluded.mrn,
  birth_date = excluded.birth_date, allergies = excluded.allergies;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: project_visitor
-- Prescriptions of a visitor follow the record that it turned out to be.
WITH visitor_row AS (
  INSERT INTO visitor (id, facility_id, display_name, patient_id) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, patient_id = excluded.patient_id
  RETURNING id, facility_id, patient_id
)
UPDATE prescription SET patient_id = visitor_row.patient_id
FROM visitor_row
WHERE prescription.visitor_id = visitor_row.id AND prescription.facility_id = visitor_row.facility_id
  AND visitor_row.patient_id IS NOT NULL;

-- name: forget_visitor
-- no facility: a tombstone names the visitor only
DELETE FROM visitor WHERE id = $1;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: find_facility
-- no facility: an operator names it, by code or id
SELECT id, zone, currency FROM facility WHERE id::text = $1 OR lower(code) = lower($1);
