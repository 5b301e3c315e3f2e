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
                       updated_at, updated_by, account_id, email_pending, deleted_at, language, channel_email, opt_out,
                       mrn)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25, $24, $25, $26, $27, $28, $29, $30, $31, $38)
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO patient_transition (facility_id, patient_id, version, event, status, reason, at, actor_id)
  SELECT inserted.facility_id, inserted.id, inserted.version, e.type, inserted.status, inserted.status_reason,
         inserted.updated_at, inserted.updated_by
  FROM inserted, unnest($33::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.patient.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($32::uuid[]) + e.n, e.payload, $35::uuid, $36::uuid, $37::text
  FROM inserted, unnest($32::uuid[], $33::text[], $34::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: get_patient
SELECT * FROM patient WHERE id = $1 AND facility_id = $2 AND deleted_at IS NULL;

-- name: lock_patient
-- With the facility's zone, whose today the rules need.
SELECT p.*, f.zone FROM patient p JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2 AND p.deleted_at IS NULL
FOR UPDATE OF p;

-- name: lock_deleted
-- Whether its address and its account are still free: others may have taken them while it was hidden.
SELECT p.*, f.zone,
       NOT EXISTS (SELECT 1 FROM patient o WHERE o.facility_id = p.facility_id AND lower(o.email) = lower(p.email)
                     AND o.status = 'ACTIVE' AND o.deleted_at IS NULL) AS email_free,
       NOT EXISTS (SELECT 1 FROM patient o WHERE o.facility_id = p.facility_id AND o.account_id = p.account_id
                     AND o.deleted_at IS NULL) AS account_free
FROM patient p JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2 AND p.deleted_at IS NOT NULL
FOR UPDATE OF p;

-- name: save_patient
WITH saved AS (
  UPDATE patient SET
    status = $3, status_reason = $4, given_name = $5, family_name = $6, birth_date = $7, birth_date_estimated = $8,
    sex = $9, phone = $10, email = $11, address_line = $12, address_city = $13, address_district = $14,
    address_state = $15, address_postal_code = $16, address_country = $17, blood_group = $18, emergency_name = $19,
    emergency_relationship = $20, emergency_phone = $21, medical_history = $22, notes = $23, updated_at = $24,
    updated_by = $25, account_id = $26, email_pending = $27, deleted_at = $28, language = $29, channel_email = $30,
    opt_out = $31, version = version + 1, event_seq = event_seq + cardinality($32::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO patient_transition (facility_id, patient_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.status_reason, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($33::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.patient.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($32::uuid[]) + e.n, e.payload, $35::uuid, $36::uuid, $37::text
  FROM saved, unnest($32::uuid[], $33::text[], $34::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: tell_binding
-- Events of the patient's key in ambula.patient-binding.v1.
WITH told AS (
  UPDATE patient SET binding_seq = binding_seq + cardinality($3::uuid[]) WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, binding_seq
)
INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                    actor_id, causation_id, traceparent)
SELECT e.id, 'ambula.patient-binding.v1', told.id::text, e.type, told.facility_id,
       told.binding_seq - cardinality($3::uuid[]) + e.n, e.payload, $6::uuid, $7::uuid, $8::text
FROM told, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
ORDER BY e.n;

-- name: dependants
-- What keeps a record from being deleted: every visit that ever named it, everything noted about it.
SELECT kind FROM (SELECT DISTINCT kind FROM history_item WHERE facility_id = $1 AND patient_id = $2
                  UNION SELECT kind FROM clinical_item WHERE facility_id = $1 AND patient_id = $2) k
ORDER BY kind;

-- name: due_purges
-- no facility: the job works for all
SELECT id, facility_id FROM patient WHERE deleted_at <= $1 ORDER BY deleted_at, id LIMIT 100;

-- name: purge_patient
WITH gone AS (
  DELETE FROM patient WHERE id = $1 AND facility_id = $2 AND deleted_at IS NOT NULL
  RETURNING id, facility_id, event_seq
), transitions AS (
  DELETE FROM patient_transition WHERE patient_id = $1 AND facility_id = $2
)
INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                    actor_id, causation_id, traceparent)
SELECT e.id, 'ambula.patient.v1', gone.id::text, e.type, gone.facility_id, gone.event_seq + e.n, e.payload,
       $6::uuid, $7::uuid, $8::text
FROM gone, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
ORDER BY e.n;

-- name: is_deleted
SELECT EXISTS (SELECT 1 FROM patient WHERE id = $1 AND facility_id = $2 AND deleted_at IS NOT NULL) AS deleted;

-- name: list_patients
-- Keyset by (name_key, id); the cursor carries only the id of the last row, because names do not belong into links.
-- $2 status, $3 a patient's own, $4 and $5 the doctor whose list it is and now; NULL does not filter.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
  AND ($4::uuid IS NULL OR p.id IN (SELECT l.patient_id FROM patients_of_doctor($1, $4, $5::timestamptz) l))
  AND ($6::uuid IS NULL OR (p.name_key, p.id) > ((SELECT c.name_key FROM patient c WHERE c.id = $6 AND c.facility_id = $1), $6))
ORDER BY p.name_key, p.id
LIMIT $7;

-- name: search_patients
-- As list_patients, for a `q` ($8): each of its words begins a word of the name, in any order, accents folded. The longest
-- word goes through the trigram index. The other three filter when given, as in find_patients.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
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
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2) AND ($3::uuid IS NULL OR p.id = $3)
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
               JOIN patient p ON p.id = l.patient_id AND p.facility_id = $1 AND p.deleted_at IS NULL
               WHERE l.patient_id = $4) AS on_list;
