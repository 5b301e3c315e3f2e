-- name: insert_disruption
-- The disruption with all its items.
WITH inserted AS (
  INSERT INTO disruption (id, facility_id, doctor_id, starts_at, ends_at, reason, status,
                          created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)
  RETURNING id, facility_id
)
INSERT INTO disruption_item (facility_id, disruption_id, appointment_id, doctor_id, starts_at,
                             proposed_doctor_id, proposed_from, proposed_to, reason)
SELECT inserted.facility_id, inserted.id, i.appointment_id, i.doctor_id, i.starts_at,
       nullif(i.proposed_doctor_id, '')::uuid, nullif(i.proposed_from, '')::timestamptz,
       nullif(i.proposed_to, '')::timestamptz, nullif(i.reason, '')
FROM inserted, unnest($10::uuid[], $11::uuid[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::text[])
  AS i (appointment_id, doctor_id, starts_at, proposed_doctor_id, proposed_from, proposed_to, reason);

-- name: get_disruption
SELECT * FROM disruption WHERE id = $1 AND facility_id = $2;

-- name: lock_disruption
SELECT * FROM disruption WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: list_disruptions
-- Newest first.
SELECT * FROM disruption d
WHERE d.facility_id = $1 AND ($2::text IS NULL OR d.status = $2) AND ($3::uuid IS NULL OR d.doctor_id = $3)
  AND ($4::uuid IS NULL OR d.id < $4)
ORDER BY d.id DESC
LIMIT $5;

-- name: disruption_items
-- Items of several disruptions, with where each visit stands now.
SELECT i.disruption_id, i.appointment_id, i.doctor_id AS stood_doctor, i.starts_at AS stood_from, i.proposed_doctor_id,
       i.proposed_from, i.proposed_to, i.reason AS item_reason, i.applied, a.*
FROM disruption_item i JOIN appointment a ON a.id = i.appointment_id
WHERE i.facility_id = $1 AND i.disruption_id = ANY ($2::uuid[])
ORDER BY i.disruption_id, i.starts_at, i.appointment_id;

-- name: lock_disrupted
-- The visits of a disruption, locked in one order; a visit's own commands wait until the move has been decided.
SELECT a.* FROM appointment a
WHERE a.facility_id = $1
  AND a.id IN (SELECT i.appointment_id FROM disruption_item i WHERE i.disruption_id = $2 AND NOT i.applied)
ORDER BY a.id
FOR UPDATE;

-- name: share_doctors
-- Hours cannot change underneath while visits move to these doctors.
SELECT d.id FROM doctor d WHERE d.facility_id = $1 AND d.id = ANY ($2::uuid[]) ORDER BY d.id FOR SHARE;

-- name: busy_patients
-- When these patients are not free.
SELECT a.patient_id, a.starts_at, a.ends_at FROM appointment a
WHERE a.facility_id = $1 AND a.patient_id = ANY ($2::uuid[]) AND a.starts_at >= $3 AND a.starts_at < $4
  AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')
ORDER BY a.patient_id, a.starts_at;

-- name: save_disruption
-- What became of the items, and the status that follows.
WITH saved AS (
  UPDATE disruption SET status = $3, updated_at = $4, updated_by = $5, version = version + 1
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version
), items AS (
  UPDATE disruption_item d SET
    proposed_doctor_id = nullif(i.proposed_doctor_id, '')::uuid, proposed_from = nullif(i.proposed_from, '')::timestamptz,
    proposed_to = nullif(i.proposed_to, '')::timestamptz, reason = nullif(i.reason, ''), applied = i.applied = 'true'
  FROM saved, unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
    AS i (appointment_id, proposed_doctor_id, proposed_from, proposed_to, reason, applied)
  WHERE d.facility_id = saved.facility_id AND d.disruption_id = saved.id AND d.appointment_id = i.appointment_id
)
SELECT version FROM saved;
