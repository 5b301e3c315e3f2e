-- name: list_stock
-- Stock on hand by medicine; $2: the facility's today.
SELECT m.id, m.name, m.strength, m.form, m.unit, m.active, m.minimum_level, s.on_hand, s.reserved, s.available,
       s.quarantined, s.recalled, s.expired, s.lots, s.next_expires_on
FROM medicine m
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.on_hand), 0) AS on_hand, coalesce(sum(l.reserved), 0) AS reserved,
         coalesce(sum(l.on_hand - l.reserved) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on >= $2), 0) AS available,
         coalesce(sum(l.on_hand) FILTER (WHERE l.status = 'QUARANTINED'), 0) AS quarantined,
         coalesce(sum(l.on_hand) FILTER (WHERE l.status = 'RECALLED'), 0) AS recalled,
         coalesce(sum(l.on_hand) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on < $2), 0) AS expired,
         count(*) FILTER (WHERE l.on_hand > 0)::int AS lots,
         min(l.expires_on) FILTER (WHERE l.on_hand > 0 AND l.status = 'AVAILABLE' AND l.expires_on >= $2) AS next_expires_on
  FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) s
WHERE m.facility_id = $1 AND ($3::boolean IS NULL OR m.active = $3)
  AND ($4::text IS NULL
       OR strpos(public.unaccent(lower(m.name || ' ' || m.strength || ' ' || m.form)), public.unaccent(lower($4))) > 0)
  AND ($5::text IS NULL OR (m.name, m.id) > ($5, $6::uuid))
ORDER BY m.name, m.id
LIMIT $7;

-- name: list_valuation
-- What the lots on hand cost, in the facility's currency ($3), exactly; units without a cost in it are counted apart.
SELECT m.id, m.name, m.strength, m.form, s.on_hand, s.uncosted, s.cost, s.usable_cost,
       CASE WHEN m.price_currency = $3 THEN s.on_hand * m.price_amount END AS price
FROM medicine m
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.on_hand), 0) AS on_hand,
         coalesce(sum(l.on_hand) FILTER (WHERE l.cost_currency IS DISTINCT FROM $3), 0) AS uncosted,
         coalesce(sum(l.on_hand * l.cost_amount) FILTER (WHERE l.cost_currency = $3), 0.00) AS cost,
         coalesce(sum(l.on_hand * l.cost_amount)
                    FILTER (WHERE l.cost_currency = $3 AND l.status = 'AVAILABLE' AND l.expires_on >= $2), 0.00)
           AS usable_cost
  FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) s
WHERE m.facility_id = $1 AND s.on_hand > 0 AND ($4::text IS NULL OR (m.name, m.id) > ($4, $5::uuid))
ORDER BY m.name, m.id
LIMIT $6;

-- name: total_valuation
SELECT coalesce(sum(l.on_hand), 0) AS on_hand,
       coalesce(sum(l.on_hand) FILTER (WHERE l.cost_currency IS DISTINCT FROM $3), 0) AS uncosted,
       coalesce(sum(l.on_hand * l.cost_amount) FILTER (WHERE l.cost_currency = $3), 0.00) AS cost,
       coalesce(sum(l.on_hand * l.cost_amount)
                  FILTER (WHERE l.cost_currency = $3 AND l.status = 'AVAILABLE' AND l.expires_on >= $2), 0.00)
         AS usable_cost,
       coalesce(sum(l.on_hand * m.price_amount) FILTER (WHERE m.price_currency = $3), 0.00) AS price
FROM lot l JOIN medicine m ON m.id = l.medicine_id
WHERE l.facility_id = $1;

-- name: figures_by_day
-- $2 to $3: the span in instants; $4: the zone; $5 to $6: its local days.
WITH issued AS (
  SELECT (p.issued_at AT TIME ZONE $4::text)::date AS day, count(*) AS issued,
         count(*) FILTER (WHERE p.fulfilment = 'FULL') AS filled
  FROM prescription p WHERE p.facility_id = $1 AND p.issued_at >= $2 AND p.issued_at < $3
  GROUP BY 1
), handed AS (
  SELECT (d.handed_over_at AT TIME ZONE $4::text)::date AS day, count(*) AS dispenses,
         count(DISTINCT d.prescription_id) AS prescriptions, sum(u.units) AS units
  FROM dispense d
  CROSS JOIN LATERAL (SELECT sum(l.quantity) AS units FROM dispense_line l WHERE l.dispense_id = d.id) u
  WHERE d.facility_id = $1 AND d.handed_over_at >= $2 AND d.handed_over_at < $3
  GROUP BY 1
)
SELECT g.day::date AS day, coalesce(i.issued, 0) AS issued, coalesce(i.filled, 0) AS filled,
       coalesce(h.dispenses, 0) AS dispenses, coalesce(h.prescriptions, 0) AS prescriptions, coalesce(h.units, 0) AS units
FROM generate_series($5::date, $6::date, interval '1 day') AS g (day)
LEFT JOIN issued i ON i.day = g.day::date
LEFT JOIN handed h ON h.day = g.day::date
ORDER BY 1;

-- name: figures_by_prescriber
SELECT p.doctor_id, d.display_name, count(*) AS issued, count(*) FILTER (WHERE p.fulfilment = 'FULL') AS filled,
       coalesce(sum(u.units), 0) AS units
FROM prescription p
CROSS JOIN LATERAL (SELECT sum(i.dispensed) AS units FROM prescription_item i WHERE i.prescription_id = p.id) u
LEFT JOIN doctor d ON d.id = p.doctor_id AND d.facility_id = p.facility_id
WHERE p.facility_id = $1 AND p.issued_at >= $2 AND p.issued_at < $3
GROUP BY p.doctor_id, d.display_name
ORDER BY count(*) DESC, p.doctor_id
LIMIT $4;

-- name: figures_now
-- $2: the facility's today.
SELECT (SELECT count(*) FROM prescription p
        WHERE p.facility_id = $1 AND p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')) AS pending,
       (SELECT count(*) FROM prescription p
        WHERE p.facility_id = $1 AND p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')
          AND p.ready_at IS NOT NULL) AS ready,
       count(*) FILTER (WHERE m.active AND s.available > 0 AND s.available <= m.minimum_level) AS low,
       count(*) FILTER (WHERE m.active AND s.available = 0) AS out,
       coalesce(sum(s.expiring), 0) AS expiring, coalesce(sum(s.expired), 0) AS expired
FROM medicine m
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.on_hand - l.reserved) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on >= $2), 0) AS available,
         count(*) FILTER (WHERE l.on_hand > 0 AND l.status IN ('AVAILABLE', 'QUARANTINED') AND l.expires_on >= $2
                            AND l.expires_on <= $2::date + 90) AS expiring,
         count(*) FILTER (WHERE l.on_hand > 0 AND l.expires_on < $2) AS expired
  FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) s
WHERE m.facility_id = $1;

-- name: check_stock
-- no facility: an operator checks all of them
-- What the constraints make impossible, and what they cannot say: each row is a fault.
SELECT 'ledger' AS rule, l.facility_id, l.id AS record_id FROM lot l
WHERE l.on_hand <> coalesce((SELECT sum(g.delta) FROM ledger g WHERE g.lot_id = l.id), 0)
UNION ALL
SELECT 'balance', g.facility_id, g.lot_id FROM ledger g
WHERE g.balance <> g.balance_before + g.delta
   OR g.balance_before <> coalesce((SELECT b.balance FROM ledger b WHERE b.lot_id = g.lot_id AND b.seq = g.seq - 1), 0)
UNION ALL
SELECT 'reserved', l.facility_id, l.id FROM lot l
WHERE l.reserved <> coalesce((SELECT sum(r.quantity) FROM reservation r WHERE r.lot_id = l.id), 0)
UNION ALL
SELECT 'dispensed', i.facility_id, i.item_id FROM prescription_item i
WHERE i.dispensed <> coalesce((SELECT sum(d.quantity) FROM dispense_line d WHERE d.item_id = i.item_id), 0)
UNION ALL
SELECT 'returned', d.facility_id, d.dispense_id
FROM (SELECT facility_id, dispense_id, sum(returned) AS returned FROM dispense_line GROUP BY facility_id, dispense_id) d
WHERE d.returned <> coalesce((SELECT sum(r.quantity) FROM dispense_return r WHERE r.dispense_id = d.dispense_id), 0)
UNION ALL
SELECT 'handed-over', d.facility_id, d.id FROM dispense d
WHERE (SELECT coalesce(sum(l.quantity), 0) FROM dispense_line l WHERE l.dispense_id = d.id)
   <> (SELECT coalesce(-sum(g.delta), 0) FROM ledger g WHERE g.ref = d.id AND g.kind = 'DISPENSE')
LIMIT 1000;

-- name: counter_figures
-- no facility: what operators see of all counters.
SELECT 'prescriptions_pending' AS name, state.label, count(p.id)::float8 AS value
FROM (VALUES ('NONE'), ('RESERVED'), ('PARTIAL'), ('READY')) AS state (label)
LEFT JOIN prescription p
  ON p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')
  AND state.label = CASE WHEN p.ready_at IS NOT NULL THEN 'READY' ELSE p.fulfilment END
GROUP BY state.label
UNION ALL
SELECT 'stock_medicines', stock.label, count(m.id)::float8
FROM (VALUES ('OK'), ('LOW'), ('OUT')) AS stock (label) LEFT JOIN medicine m ON m.active AND m.told_level = stock.label
GROUP BY stock.label;
