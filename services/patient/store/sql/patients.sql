-- name: facility_facts
-- no facility: the facility's own row
SELECT code, zone, locale FROM facility WHERE id = $1;

-- name: draw_mrn
-- The last statement before the insert: whoever draws holds the row until the commit, so numbers have no gaps.
INSERT INTO mrn_counter AS c (facility_id, last) VALUES ($1, 1)
ON CONFLICT (facility_id) DO UPDATE SET last = c.last + 1
RETURNING last;

-- name: insert_patient
WITH inserted AS (
  INSERT INTO patient (id, facility_id, status, status_reason, given_name, family_name, birth_date,
                       birth_date_estimated, sex, phone, email, address_line, address_city, address_district,
                       address_state, address_postal_code, address_country, blood_group, emergency_name,
                       emergency_relationship, emergency_phone, medical_history, notes, created_at, created_by,
                       updated_at, updated_by, mrn, language, channel_email, opt_out)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25, $24, $25, $26, $27, $28, $29)
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO patient_transition (facility_id, patient_id, version, event, status, reason, at, actor_id)
  SELECT inserted.facility_id, inserted.id, inserted.version, e.type, inserted.status, inserted.status_reason,
         inserted.updated_at, inserted.updated_by
  FROM inserted, unnest($31::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.patient.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($30::uuid[]) + e.n, e.payload, $33::uuid, $34::uuid, $35::text
  FROM inserted, unnest($30::uuid[], $31::text[], $32::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: get_patient
SELECT * FROM patient WHERE id = $1 AND facility_id = $2;

-- name: lock_patient
-- With the facility's zone, whose today the rules need.
SELECT p.*, f.zone FROM patient p JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2
FOR UPDATE OF p;

-- name: save_patient
WITH saved AS (
  UPDATE patient SET
    status = $3, status_reason = $4, given_name = $5, family_name = $6, birth_date = $7, birth_date_estimated = $8,
    sex = $9, phone = $10, email = $11, address_line = $12, address_city = $13, address_district = $14,
    address_state = $15, address_postal_code = $16, address_country = $17, blood_group = $18, emergency_name = $19,
    emergency_relationship = $20, emergency_phone = $21, medical_history = $22, notes = $23, updated_at = $24,
    updated_by = $25, version = version + 1, event_seq = event_seq + cardinality($26::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO patient_transition (facility_id, patient_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.status_reason, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($27::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.patient.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($26::uuid[]) + e.n, e.payload, $29::uuid, $30::uuid, $31::text
  FROM saved, unnest($26::uuid[], $27::text[], $28::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: list_patients
-- Keyset by (name_key, id); the cursor carries only the id of the last row, because names do not belong into links.
-- $2 status, $3 a patient's own, $4 and $5 the doctor whose list it is and now; NULL does not filter.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
  AND ($4::uuid IS NULL OR p.id IN (SELECT l.patient_id FROM patients_of_doctor($1, $4, $5::timestamptz) l))
  AND ($6::uuid IS NULL OR (p.name_key, p.id) > ((SELECT c.name_key FROM patient c WHERE c.id = $6 AND c.facility_id = $1), $6))
ORDER BY p.name_key, p.id
LIMIT $7;

-- name: search_patients
-- As list_patients, for a `q` ($8): each of its words begins a word of the name, in any order, accents folded. The longest
-- word goes through the trigram index. The other three filter when given, as in find_patients.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
  AND ($4::uuid IS NULL OR p.id IN (SELECT l.patient_id FROM patients_of_doctor($1, $4, $5::timestamptz) l))
  AND ($6::uuid IS NULL OR (p.name_key, p.id) > ((SELECT c.name_key FROM patient c WHERE c.id = $6 AND c.facility_id = $1), $6))
  AND p.name_key LIKE (SELECT '% ' || w || '%' FROM unnest(string_to_array(ltrim(folded($8)), ' ')) AS w
                       WHERE w <> '' ORDER BY length(w) DESC, w LIMIT 1)
  AND p.name_key LIKE ALL (SELECT '% ' || w || '%' FROM unnest(string_to_array(ltrim(folded($8)), ' ')) AS w)
  AND ($9::text IS NULL OR (p.phone_key >= reverse($9) AND p.phone_key < reverse($9) || ':'))
  AND ($10::text IS NULL OR lower(p.email) = lower($10)) AND ($11::text IS NULL OR p.mrn = $11)
ORDER BY p.name_key, p.id
LIMIT $7;

-- name: find_patients
-- As list_patients, for phone ($8, digits of its end), e-mail ($9) or record number ($10): each through its index. Of the
-- digits a beginning is wanted, written as a range because LIKE takes no index with a parameter; ':' comes after '9'.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
  AND ($4::uuid IS NULL OR p.id IN (SELECT l.patient_id FROM patients_of_doctor($1, $4, $5::timestamptz) l))
  AND ($6::uuid IS NULL OR (p.name_key, p.id) > ((SELECT c.name_key FROM patient c WHERE c.id = $6 AND c.facility_id = $1), $6))
  AND p.id = ANY (ARRAY(
    SELECT n.id FROM patient n
    WHERE n.facility_id = $1 AND n.phone_key >= reverse($8) AND n.phone_key < reverse($8) || ':'
    UNION ALL
    SELECT n.id FROM patient n WHERE n.facility_id = $1 AND lower(n.email) = lower($9)
    UNION ALL
    SELECT n.id FROM patient n WHERE n.facility_id = $1 AND n.mrn = $10))
  AND ($8::text IS NULL OR (p.phone_key >= reverse($8) AND p.phone_key < reverse($8) || ':'))
  AND ($9::text IS NULL OR lower(p.email) = lower($9)) AND ($10::text IS NULL OR p.mrn = $10)
ORDER BY p.name_key, p.id
LIMIT $7;

-- name: is_on_list
SELECT EXISTS (SELECT 1 FROM patients_of_doctor($1, $2, $3) l
               JOIN patient p ON p.id = l.patient_id AND p.facility_id = $1
               WHERE l.patient_id = $4) AS on_list;
