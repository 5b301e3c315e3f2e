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
                       phone_key, mrn)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25, $24, $25, $26, $27, $28, $29, $30, $31, reverse($38), $39)
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by, name_key
), words AS (
  INSERT INTO patient_word (facility_id, word, name_key, patient_id)
  SELECT DISTINCT inserted.facility_id, w, inserted.name_key, inserted.id FROM inserted, unnest(name_words(inserted.name_key)) w
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
-- With what the rules need to know of the facility.
SELECT p.*, f.zone, f.locale FROM patient p JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2 AND p.deleted_at IS NULL
FOR UPDATE OF p;

-- name: lock_deleted
-- Whether its address and its account are still free: others may have taken them while it was hidden.
SELECT p.*, f.zone, f.locale,
       NOT EXISTS (SELECT 1 FROM patient o WHERE o.facility_id = p.facility_id AND lower(o.email) = lower(p.email)
                     AND o.status = 'ACTIVE' AND o.deleted_at IS NULL) AS email_free,
       NOT EXISTS (SELECT 1 FROM patient o WHERE o.facility_id = p.facility_id AND o.account_id = p.account_id
                     AND o.deleted_at IS NULL) AS account_free
FROM patient p JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2 AND p.deleted_at IS NOT NULL
FOR UPDATE OF p;

-- name: save_patient
-- Words follow the name: those of another name go, those of the same stay.
WITH saved AS (
  UPDATE patient SET
    status = $3, status_reason = $4, given_name = $5, family_name = $6, birth_date = $7, birth_date_estimated = $8,
    sex = $9, phone = $10, email = $11, address_line = $12, address_city = $13, address_district = $14,
    address_state = $15, address_postal_code = $16, address_country = $17, blood_group = $18, emergency_name = $19,
    emergency_relationship = $20, emergency_phone = $21, medical_history = $22, notes = $23, updated_at = $24,
    updated_by = $25, account_id = $26, email_pending = $27, deleted_at = $28, language = $29, channel_email = $30,
    opt_out = $31, phone_key = reverse($38), version = version + 1, event_seq = event_seq + cardinality($32::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by, name_key
), before AS (
  SELECT p.facility_id, p.id, p.name_key FROM patient p, saved
  WHERE p.id = $1 AND p.facility_id = $2 AND p.name_key <> saved.name_key
), forgotten AS (
  DELETE FROM patient_word x USING before b
  WHERE x.facility_id = b.facility_id AND x.word = ANY (name_words(b.name_key)) AND x.name_key = b.name_key
    AND x.patient_id = b.id
), words AS (
  INSERT INTO patient_word (facility_id, word, name_key, patient_id)
  SELECT DISTINCT saved.facility_id, w, saved.name_key, saved.id
  FROM saved JOIN before ON before.id = saved.id, unnest(name_words(saved.name_key)) w
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
), words AS (
  DELETE FROM patient_word x USING patient p
  WHERE p.id = $1 AND p.facility_id = $2 AND x.facility_id = p.facility_id AND x.word = ANY (name_words(p.name_key))
    AND x.name_key = p.name_key AND x.patient_id = p.id
)
INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                    actor_id, causation_id, traceparent)
SELECT e.id, 'ambula.patient.v1', gone.id::text, e.type, gone.facility_id, gone.event_seq + e.n, e.payload,
       $6::uuid, $7::uuid, $8::text
FROM gone, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
ORDER BY e.n;

-- name: is_deleted
SELECT EXISTS (SELECT 1 FROM patient WHERE id = $1 AND facility_id = $2 AND deleted_at IS NOT NULL) AS deleted;

-- name: position_of
-- Where a page goes on: the sort key of its last row, of which the cursor carries only the id, because names do not belong
-- into links. $3 the beginning searched for. A record that was hidden meanwhile still has its place.
SELECT name_key, coalesce(first_word(name_key, $3::text), '') AS word FROM patient WHERE id = $1 AND facility_id = $2;

-- name: list_patients
-- Keyset by (name_key, id) after ($3, $4); $2 status, NULL does not filter.
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2)
  AND (p.name_key, p.id) > ($3::text, $4::uuid)
ORDER BY p.name_key, p.id
LIMIT $5;

-- name: search_words
-- The words of what was typed, folded as names are, and how many people have a word that begins so, as far as it matters.
SELECT w.word, (SELECT count(*)::int FROM (
    SELECT 1 FROM patient_word x
    WHERE x.facility_id = $1 AND x.word >= w.word AND x.word < w.word || U&'\+10FFFF' LIMIT 500) c) AS people
FROM unnest(name_words(folded($2))) WITH ORDINALITY AS w (word, n)
WHERE w.word <> ''
ORDER BY w.n
LIMIT 8;

-- name: search_names
-- People with a word from $3 up to before $4, in its order, whose name has the other words too ($5, LIKE); after
-- (word, name_key, id) = ($6, $7, $8). Who has several such words stands at the first.
SELECT p.* FROM patient_word x
JOIN patient p ON p.id = x.patient_id AND p.facility_id = x.facility_id
WHERE x.facility_id = $1 AND x.word < $4 AND (x.word, x.name_key, x.patient_id) > ($6::text, $7::text, $8::uuid)
  AND x.name_key LIKE ALL ($5::text[]) AND x.word = first_word(x.name_key, $3)
  AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2)
ORDER BY x.word, x.name_key, x.patient_id
LIMIT $9;

-- name: search_led
-- People whose name begins with $5 and who have a word from $3 up to before $4, in its order, but nobody like $6; after
-- (word, name_key, id) = ($7, $8, $9). Each word that there is in the range is looked up with that beginning, until there are
-- $10 people: nobody who has only one of the two is looked at.
WITH RECURSIVE found (low, people, count) AS (
  SELECT greatest($3::text, $7::text) COLLATE "C", '{}'::uuid[], 0
  UNION ALL
  SELECT n.word || U&'\0001', m.people, found.count + cardinality(m.people) FROM found
  CROSS JOIN LATERAL (
    SELECT x.word FROM patient_word x WHERE x.facility_id = $1 AND x.word >= found.low AND x.word < $4
    ORDER BY x.word LIMIT 1) n
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(f.patient_id), '{}') AS people FROM (
      SELECT x.patient_id FROM patient_word x JOIN patient q ON q.id = x.patient_id AND q.facility_id = x.facility_id
      WHERE x.facility_id = $1 AND x.word = n.word AND x.name_key >= ' ' || $5 AND x.name_key < ' ' || $5 || U&'\+10FFFF'
        AND (x.word, x.name_key, x.patient_id) > ($7::text, $8::text, $9::uuid) AND x.name_key NOT LIKE $6
        AND x.word = first_word(x.name_key, $3) AND q.deleted_at IS NULL AND ($2::text IS NULL OR q.status = $2)
      ORDER BY x.name_key, x.patient_id
      LIMIT $10) f) m
  WHERE found.count < $10
)
SELECT p.* FROM found CROSS JOIN LATERAL unnest(found.people) AS m (id)
JOIN patient p ON p.id = m.id AND p.facility_id = $1
ORDER BY found.low, p.name_key, p.id
LIMIT $10;

-- name: search_long_names
-- People of more than two words who have one from $3 up to before $4, in its order, and one like $5, but not like any of $6;
-- after (word, name_key, id) = ($7, $8, $9).
SELECT p.* FROM patient_word x
JOIN patient p ON p.id = x.patient_id AND p.facility_id = x.facility_id
WHERE x.facility_id = $1 AND x.word < $4 AND (x.word, x.name_key, x.patient_id) > ($7::text, $8::text, $9::uuid)
  AND x.name_key LIKE ' % % %' AND x.name_key LIKE $5 AND NOT x.name_key LIKE ANY ($6::text[])
  AND x.word = first_word(x.name_key, $3)
  AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2)
ORDER BY x.word, x.name_key, x.patient_id
LIMIT $10;

-- name: near_words
-- Which words there are in the ranges ($2 up to before $3): the first few of each, whole words before longer ones.
WITH RECURSIVE found AS (
  SELECT r.low, r.high, f.word, 1 AS nth FROM unnest($2::text[], $3::text[]) AS r (low, high)
  CROSS JOIN LATERAL (
    SELECT x.word FROM patient_word x WHERE x.facility_id = $1 AND x.word >= r.low AND x.word < r.high
    ORDER BY x.word LIMIT 1) f
  UNION ALL
  SELECT n.low, n.high, f.word, n.nth + 1 FROM found n
  CROSS JOIN LATERAL (
    SELECT x.word FROM patient_word x WHERE x.facility_id = $1 AND x.word > n.word AND x.word < n.high
    ORDER BY x.word LIMIT 1) f
  WHERE n.nth < 8
)
SELECT word FROM found GROUP BY word ORDER BY min((word <> low)::int), word LIMIT 64;

-- name: search_beside
-- People with one of the words $3, and with other words that many have ($4, as LIKE $5), who are not in $6. Those whose
-- name begins with the other word, or with the two, stand together in the index and are found at once; of the rest only
-- the first $8 of each word are looked at, as looking at everybody called Kumar would take too long.
SELECT p.* FROM (
  SELECT c.patient_id, min(c.rank) AS rank FROM (
    SELECT s.patient_id, n.rank FROM unnest($3::text[]) WITH ORDINALITY AS n (word, rank)
    CROSS JOIN LATERAL (SELECT ' ' || o AS low FROM unnest($4::text[]) o
                        UNION ALL SELECT ' ' || n.word || ' ' || o FROM unnest($4::text[]) o) r
    CROSS JOIN LATERAL (
      SELECT x.patient_id FROM patient_word x JOIN patient q ON q.id = x.patient_id AND q.facility_id = x.facility_id
      WHERE x.facility_id = $1 AND x.word = n.word AND x.name_key >= r.low AND x.name_key < r.low || U&'\+10FFFF'
        AND x.name_key LIKE ALL ($5::text[]) AND x.patient_id <> ALL ($6::uuid[])
        AND q.deleted_at IS NULL AND ($2::text IS NULL OR q.status = $2)
      ORDER BY x.name_key, x.patient_id
      LIMIT $7) s
    UNION ALL
    SELECT s.patient_id, n.rank FROM unnest($3::text[]) WITH ORDINALITY AS n (word, rank)
    CROSS JOIN LATERAL (
      SELECT f.patient_id FROM (
        SELECT x.patient_id, x.name_key FROM patient_word x WHERE x.facility_id = $1 AND x.word = n.word
        ORDER BY x.name_key, x.patient_id
        LIMIT $8) f
      JOIN patient q ON q.id = f.patient_id AND q.facility_id = $1
      WHERE f.name_key LIKE ALL ($5::text[]) AND f.patient_id <> ALL ($6::uuid[])
        AND q.deleted_at IS NULL AND ($2::text IS NULL OR q.status = $2)
      LIMIT $7) s) c
  GROUP BY c.patient_id
  ORDER BY rank, c.patient_id
  LIMIT $7) n
JOIN patient p ON p.id = n.patient_id AND p.facility_id = $1
ORDER BY n.rank, p.name_key, p.id;

-- name: search_near_names
-- When search_names finds nobody: people with a word in one of the ranges ($3 up to before $4), whose name matches $5
-- (regular expressions) and $6 (LIKE), and who are not in $7. Whole words come first.
SELECT p.* FROM (
  SELECT x.patient_id, min(x.rank) AS rank FROM unnest($3::text[], $4::text[]) AS r (low, high)
  CROSS JOIN LATERAL (
    SELECT y.patient_id, (y.word <> r.low)::int AS rank FROM patient_word y
    JOIN patient q ON q.id = y.patient_id AND q.facility_id = y.facility_id
    WHERE y.facility_id = $1 AND y.word >= r.low AND y.word < r.high AND y.name_key LIKE ALL ($6::text[])
      AND y.name_key ~ ALL ($5::text[]) AND y.patient_id <> ALL ($7::uuid[])
      AND q.deleted_at IS NULL AND ($2::text IS NULL OR q.status = $2)
    ORDER BY y.word, y.name_key, y.patient_id
    LIMIT $8) x
  GROUP BY x.patient_id
  ORDER BY rank, x.patient_id
  LIMIT $8) n
JOIN patient p ON p.id = n.patient_id AND p.facility_id = $1
ORDER BY n.rank, p.name_key, p.id;

-- name: find_patients
-- By the end of the phone ($5), e-mail ($6), record number ($7) or id ($10): each through its index; those given narrow each other.
-- Of reversed digits a beginning is wanted, written as a range because LIKE takes no index with a parameter; ':' comes
-- after '9'. $8: the name has these words (LIKE).
SELECT p.* FROM patient p
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2)
  AND (p.name_key, p.id) > ($3::text, $4::uuid)
  AND p.id = ANY (ARRAY(
    SELECT n.id FROM patient n
    WHERE n.facility_id = $1 AND n.phone_key >= reverse($5) AND n.phone_key < reverse($5) || ':'
    UNION ALL
    SELECT n.id FROM patient n WHERE n.facility_id = $1 AND lower(n.email) = lower($6)
    UNION ALL
    SELECT n.id FROM patient n WHERE n.facility_id = $1 AND n.mrn = ANY ($7::text[])
    UNION ALL
    SELECT n.id FROM patient n WHERE n.facility_id = $1 AND n.id = ANY ($10::uuid[])))
  AND ($5::text IS NULL OR (p.phone_key >= reverse($5) AND p.phone_key < reverse($5) || ':'))
  AND ($6::text IS NULL OR lower(p.email) = lower($6)) AND ($7::text[] IS NULL OR p.mrn = ANY ($7::text[]))
  AND ($10::uuid[] IS NULL OR p.id = ANY ($10::uuid[]))
  AND p.name_key LIKE ALL ($8::text[])
ORDER BY p.name_key, p.id
LIMIT $9;

-- name: list_own_patients
-- A patient's own record ($10), or a doctor's list ($11) at $12: few, so they are looked at one by one. Filters as in
-- find_patients; $8 are regular expressions that forgive a typo.
WITH mine AS MATERIALIZED (
  SELECT l.patient_id FROM patients_of_doctor($1, $11::uuid, $12::timestamptz) l
  UNION
  SELECT $10::uuid
)
SELECT p.* FROM mine JOIN patient p ON p.id = mine.patient_id
WHERE p.facility_id = $1 AND p.deleted_at IS NULL AND ($2::text IS NULL OR p.status = $2)
  AND (p.name_key, p.id) > ($3::text, $4::uuid)
  AND ($5::text IS NULL OR (p.phone_key >= reverse($5) AND p.phone_key < reverse($5) || ':'))
  AND ($6::text IS NULL OR lower(p.email) = lower($6)) AND ($7::text[] IS NULL OR p.mrn = ANY ($7::text[]))
  AND ($13::uuid[] IS NULL OR p.id = ANY ($13::uuid[]))
  AND p.name_key ~ ALL ($8::text[])
ORDER BY p.name_key, p.id
LIMIT $9;

-- name: is_on_list
SELECT EXISTS (SELECT 1 FROM patients_of_doctor($1, $2, $3) l
               JOIN patient p ON p.id = l.patient_id AND p.facility_id = $1 AND p.deleted_at IS NULL
               WHERE l.patient_id = $4) AS on_list;
