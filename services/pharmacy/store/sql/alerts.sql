-- name: list_alerts
-- What is low, out, near its end or past it on the facility's today ($2), read from the stock itself, so that it is true at
-- once. $3: the present instant, for a level that the job has not told yet.
SELECT a.kind, a.medicine_id, a.name, a.strength, a.form, a.lot_id, a.lot_number, a.expires_on, a.within_days, a.lot_status,
       a.on_hand, a.available, a.minimum_level, a.since, a.lot_key
FROM (
  SELECT s.kind, m.id AS medicine_id, m.name, m.strength, m.form, NULL::uuid AS lot_id, NULL::text AS lot_number,
         NULL::date AS expires_on, NULL::int AS within_days, NULL::text AS lot_status, s.on_hand, s.available,
         m.minimum_level, CASE WHEN m.told_level = s.kind THEN m.told_since ELSE $3::timestamptz END AS since,
         '00000000-0000-0000-0000-000000000000'::uuid AS lot_key
  FROM medicine m
  CROSS JOIN LATERAL (
    SELECT sums.on_hand, sums.available, CASE WHEN sums.available = 0 THEN 'OUT' ELSE 'LOW' END AS kind
    FROM (SELECT coalesce(sum(l.on_hand), 0) AS on_hand,
                 coalesce(sum(l.on_hand - l.reserved) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on >= $2), 0)
                   AS available
          FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) sums) s
  WHERE m.facility_id = $1 AND m.active AND (s.available = 0 OR s.available <= m.minimum_level)
  UNION ALL
  SELECT CASE WHEN l.expires_on < $2 THEN 'EXPIRED' ELSE 'EXPIRING' END, m.id, m.name, m.strength, m.form, l.id,
         l.lot_number, l.expires_on, b.within_days, l.status, l.on_hand::bigint,
         CASE WHEN l.status = 'AVAILABLE' AND l.expires_on >= $2 THEN l.on_hand - l.reserved ELSE 0 END, m.minimum_level,
         greatest(l.created_at, ((l.expires_on - coalesce(b.within_days, -1))::timestamp AT TIME ZONE $4::text)), l.id
  FROM lot l
  JOIN medicine m ON m.id = l.medicine_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN l.expires_on < $2 THEN NULL WHEN l.expires_on - $2 <= 30 THEN 30 WHEN l.expires_on - $2 <= 60 THEN 60
                ELSE 90 END AS within_days) b
  WHERE l.facility_id = $1 AND l.on_hand > 0 AND l.expires_on <= $2::date + 90
    AND (l.expires_on < $2 OR l.status IN ('AVAILABLE', 'QUARANTINED'))
) a
WHERE ($5::text IS NULL OR a.kind = $5) AND ($6::uuid IS NULL OR a.medicine_id = $6)
  AND ($7::int IS NULL OR a.within_days <= $7)
  AND ($8::text IS NULL OR (a.name, a.medicine_id, a.kind, a.lot_key) > ($8, $9::uuid, $10::text, $11::uuid))
ORDER BY a.name, a.medicine_id, a.kind, a.lot_key
LIMIT $12;

-- name: begin_stock_day
-- no facility: the job looks at all of them
-- A new local day: lots may have neared their end, so every medicine is looked at again.
WITH begun AS (
  UPDATE facility SET stock_day = ($1::timestamptz AT TIME ZONE zone)::date
  WHERE stock_day IS DISTINCT FROM ($1::timestamptz AT TIME ZONE zone)::date
  RETURNING id
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT begun.id, m.id FROM begun JOIN medicine m ON m.facility_id = begun.id
)
SELECT count(*)::int AS n FROM begun;

-- name: take_touched
-- no facility: the job looks at all of them
-- Read once, by one: the rows are gone for everybody else when this commits.
WITH taken AS (
  DELETE FROM stock_touched
  WHERE id IN (SELECT id FROM stock_touched ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED)
  RETURNING facility_id, medicine_id
)
SELECT DISTINCT t.medicine_id, t.facility_id, f.zone FROM taken t JOIN facility f ON f.id = t.facility_id
ORDER BY t.medicine_id;

-- name: lock_told
-- What was told of a medicine; whoever tells more of it waits here, and then sees everything that was committed before.
SELECT id, facility_id, name, strength, form, unit, price_amount, price_currency, minimum_level, active, status_reason, version,
       created_at, created_by, updated_at, updated_by, told_level
FROM medicine WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: lots_to_tell_of
-- Lots that hold something or were told of.
SELECT l.id, l.facility_id, l.medicine_id, l.lot_number, l.expires_on, l.status, l.on_hand, l.reserved, l.quantity, l.cost_amount,
       l.cost_currency, l.supplier, l.returned_from, l.version, l.created_at, l.created_by, l.updated_at, l.updated_by,
       n.within_days
FROM lot l LEFT JOIN expiry_notice n ON n.lot_id = l.id
WHERE l.facility_id = $1 AND l.medicine_id = $2 AND (l.on_hand > 0 OR n.lot_id IS NOT NULL)
ORDER BY l.expires_on, l.id;

-- name: save_told
-- $3 level, $4 now; $5, $6: lots and what was told of them, -1: nothing any more; $7…: the events.
WITH saved AS (
  UPDATE medicine SET told_level = $3, told_since = CASE WHEN told_level = $3 THEN told_since ELSE $4 END,
    stock_seq = stock_seq + cardinality($7::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, stock_seq
), notices AS (
  SELECT n.lot_id, n.within_days FROM unnest($5::uuid[], $6::int[]) AS n (lot_id, within_days)
), forgotten AS (
  DELETE FROM expiry_notice WHERE lot_id IN (SELECT lot_id FROM notices WHERE within_days < 0) AND facility_id = $2
), told AS (
  INSERT INTO expiry_notice (lot_id, facility_id, within_days)
  SELECT lot_id, $2, within_days FROM notices WHERE within_days >= 0
  ON CONFLICT (lot_id) DO UPDATE SET within_days = excluded.within_days
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.stock.v1', saved.id::text, e.type, saved.facility_id,
         saved.stock_seq - cardinality($7::uuid[]) + e.n, e.payload, $10::uuid, $11::uuid, $12::text
  FROM saved, unnest($7::uuid[], $8::text[], $9::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT stock_seq FROM saved;
