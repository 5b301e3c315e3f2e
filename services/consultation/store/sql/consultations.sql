-- name: visit_of_appointment
-- Its entry that is open now comes with it.
SELECT a.patient_id, NULL::uuid AS visitor_id, a.doctor_id, a.id AS appointment_id, e.id AS queue_entry_id, a.status,
       (SELECT c.id FROM consultation c
        WHERE c.facility_id = a.facility_id AND (c.appointment_id = a.id OR c.queue_entry_id = e.id)
          AND c.status IN ('DRAFT', 'COMPLETED')
        LIMIT 1) AS live_consultation
FROM appointment a
LEFT JOIN LATERAL (SELECT q.id FROM queue_entry q
                   WHERE q.facility_id = a.facility_id AND q.appointment_id = a.id
                     AND q.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
                   ORDER BY q.id DESC LIMIT 1) e ON true
WHERE a.id = $1 AND a.facility_id = $2;

-- name: visit_of_entry
-- The entry's appointment comes with it. The visitor's row is locked so that who identifies the visitor meanwhile waits
-- for the consultation and finds it.
WITH known AS (
  SELECT v.id, v.patient_id FROM visitor v
  WHERE v.id = (SELECT q.visitor_id FROM queue_entry q WHERE q.id = $1 AND q.facility_id = $2) AND v.facility_id = $2
  FOR SHARE
)
SELECT coalesce(e.patient_id, v.patient_id) AS patient_id, e.visitor_id, coalesce(e.doctor_id, a.doctor_id) AS doctor_id,
       e.appointment_id, e.id AS queue_entry_id, e.status,
       (SELECT c.id FROM consultation c
        WHERE c.facility_id = e.facility_id AND (c.queue_entry_id = e.id OR c.appointment_id = e.appointment_id)
          AND c.status IN ('DRAFT', 'COMPLETED')
        LIMIT 1) AS live_consultation
FROM queue_entry e
LEFT JOIN known v ON v.id = e.visitor_id
LEFT JOIN appointment a ON a.id = e.appointment_id AND a.facility_id = e.facility_id
WHERE e.id = $1 AND e.facility_id = $2;

-- name: insert_consultation
-- No row back: somebody else started this visit; a racing start waits here until the other has committed.
WITH inserted AS (
  INSERT INTO consultation (id, facility_id, patient_id, visitor_id, doctor_id, appointment_id, queue_entry_id, status,
                            started_at, note_status, event_seq, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'DRAFT', $8, 'DRAFT', cardinality($11::uuid[]), $8, $9, $8, $9)
  ON CONFLICT DO NOTHING
  RETURNING id, facility_id, version, event_seq, status, created_at, created_by
), history AS (
  INSERT INTO consultation_transition (facility_id, consultation_id, version, event, status, at, actor_id)
  SELECT inserted.facility_id, inserted.id, inserted.version, h.event, inserted.status, inserted.created_at,
         inserted.created_by
  FROM inserted, unnest($10::text[]) AS h (event)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.consultation.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($11::uuid[]) + e.n, e.payload, $14::uuid, $15::uuid, $16::text
  FROM inserted, unnest($11::uuid[], $12::text[], $13::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: lock_consultation
-- Only the lock: what hangs on the row is read after it was got, else it could be what stood before the wait.
SELECT c.id, f.zone, f.prescription_days
FROM consultation c LEFT JOIN facility f ON f.id = c.facility_id
WHERE c.id = $1 AND c.facility_id = $2
FOR UPDATE OF c;

-- name: get_consultation
SELECT c.id, c.facility_id, c.patient_id, c.visitor_id, c.doctor_id, c.appointment_id, c.queue_entry_id, c.status,
       c.started_at, c.completed_at, c.status_reason, c.no_diagnosis_reason, c.note_status, c.complaint, c.history,
       c.examination, c.plan, c.has_follow_up, c.follow_up_on, c.follow_up_note, c.respiratory_rate, c.spo2, c.spo2_scale,
       c.on_oxygen, c.systolic, c.diastolic, c.pulse, c.consciousness, c.temperature_c, c.weight_kg, c.height_cm,
       c.diagnosis_codes, c.diagnosis_systems, c.diagnosis_texts, c.diagnosis_primaries, c.version, c.created_at,
       c.created_by, c.updated_at, c.updated_by,
       array(SELECT a.id FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_ids,
       array(SELECT a.text FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id)
         AS addendum_texts,
       array(SELECT a.at FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_ats,
       array(SELECT a.by FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_bys,
       array(SELECT p.id FROM prescription p WHERE p.consultation_id = c.id ORDER BY p.id) AS prescription_ids,
       array(SELECT p.id FROM prescription p WHERE p.consultation_id = c.id AND p.issued_at IS NOT NULL ORDER BY p.id)
         AS issued_ids
FROM consultation c
WHERE c.id = $1 AND c.facility_id = $2;

-- name: save_consultation
-- The state after a decision, its history and its events.
WITH saved AS (
  UPDATE consultation SET
    doctor_id = $3, status = $4, completed_at = $5, status_reason = $6, no_diagnosis_reason = $7, note_status = $8,
    complaint = $9, history = $10, examination = $11, plan = $12, has_follow_up = $13, follow_up_on = $14,
    follow_up_note = $15, respiratory_rate = $16, spo2 = $17, spo2_scale = $18, on_oxygen = $19, systolic = $20,
    diastolic = $21, pulse = $22, consciousness = $23, temperature_c = $24, weight_kg = $25, height_cm = $26,
    diagnosis_codes = $27, diagnosis_systems = $28, diagnosis_texts = $29, diagnosis_primaries = $30,
    updated_at = $31, updated_by = $32, version = version + 1, event_seq = event_seq + cardinality($34::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO consultation_transition (facility_id, consultation_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, h.event, saved.status, saved.status_reason, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($33::text[]) AS h (event)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.consultation.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($34::uuid[]) + e.n, e.payload, $37::uuid, $38::uuid, $39::text
  FROM saved, unnest($34::uuid[], $35::text[], $36::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: insert_addendum
INSERT INTO consultation_addendum (id, facility_id, consultation_id, text, at, by) VALUES ($1, $2, $3, $4, $5, $6);

-- name: list_consultations
-- Newest first, keyset by (started_at, id). Filters that are NULL do not filter. $9 is the doctor who reads: their own and
-- those of patients on their list; $10 the patient who reads: their own once completed.
SELECT c.id, c.facility_id, c.patient_id, c.visitor_id, c.doctor_id, c.appointment_id, c.queue_entry_id, c.status,
       c.started_at, c.completed_at, c.status_reason, c.no_diagnosis_reason, c.note_status, c.complaint, c.history,
       c.examination, c.plan, c.has_follow_up, c.follow_up_on, c.follow_up_note, c.respiratory_rate, c.spo2, c.spo2_scale,
       c.on_oxygen, c.systolic, c.diastolic, c.pulse, c.consciousness, c.temperature_c, c.weight_kg, c.height_cm,
       c.diagnosis_codes, c.diagnosis_systems, c.diagnosis_texts, c.diagnosis_primaries, c.version, c.created_at,
       c.created_by, c.updated_at, c.updated_by,
       array(SELECT a.id FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_ids,
       array(SELECT a.text FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id)
         AS addendum_texts,
       array(SELECT a.at FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_ats,
       array(SELECT a.by FROM consultation_addendum a WHERE a.consultation_id = c.id ORDER BY a.at, a.id) AS addendum_bys,
       array(SELECT p.id FROM prescription p WHERE p.consultation_id = c.id ORDER BY p.id) AS prescription_ids,
       array(SELECT p.id FROM prescription p WHERE p.consultation_id = c.id AND p.issued_at IS NOT NULL ORDER BY p.id)
         AS issued_ids
FROM consultation c
WHERE c.facility_id = $1
  AND ($2::uuid IS NULL OR c.patient_id = $2) AND ($3::uuid IS NULL OR c.doctor_id = $3)
  AND ($4::uuid IS NULL OR c.appointment_id = $4) AND ($5::uuid IS NULL OR c.queue_entry_id = $5)
  AND ($6::text IS NULL OR c.status = $6)
  AND c.started_at >= coalesce($7::timestamptz, '-infinity') AND c.started_at < coalesce($8::timestamptz, 'infinity')
  AND (c.doctor_id = $9::uuid
       OR c.patient_id IN (SELECT l.patient_id FROM patients_of_doctor($1, $9::uuid, $11::timestamptz) l)
       OR (c.patient_id = $10::uuid AND c.status = 'COMPLETED'))
  AND ($12::timestamptz IS NULL OR (c.started_at, c.id) < ($12, $13::uuid))
ORDER BY c.started_at DESC, c.id DESC
LIMIT $14;

-- name: is_on_list
-- no facility: the function takes it as its first argument
SELECT is_on_list($1, $2, $3, $4, $5) AS on_list;

-- name: link_visit
-- An entry and an appointment turned out to be one visit: its consultation, started from either, gets the other. Where
-- there are two already, both stay as they are. No write of a client, so `version` stays.
UPDATE consultation c SET appointment_id = $3, queue_entry_id = $2
WHERE c.facility_id = $1 AND c.status IN ('DRAFT', 'COMPLETED')
  AND ((c.queue_entry_id = $2 AND c.appointment_id IS NULL) OR (c.appointment_id = $3 AND c.queue_entry_id IS NULL))
  AND NOT EXISTS (SELECT 1 FROM consultation o
                  WHERE o.facility_id = c.facility_id AND o.id <> c.id AND o.status IN ('DRAFT', 'COMPLETED')
                    AND (o.queue_entry_id = $2 OR o.appointment_id = $3));

-- name: identify_in_consultations
-- A visitor turned out to be a patient [QUE-14].
WITH identified AS (
  UPDATE consultation c SET patient_id = $3, version = version + 1
  WHERE c.facility_id = $1 AND c.visitor_id = $2 AND c.patient_id IS NULL
  RETURNING c.facility_id, c.id, c.version, c.status
)
INSERT INTO consultation_transition (facility_id, consultation_id, version, event, status, at, actor_id)
SELECT i.facility_id, i.id, i.version, 'PatientIdentified', i.status, $4, $5 FROM identified i;
