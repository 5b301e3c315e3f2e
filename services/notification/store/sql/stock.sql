-- What the pharmacy said of its stock, and when it is told on.

-- name: project_stock_alert
-- Never backwards. $12: nil when the fact is too old to be told. Whether it is news.
WITH saved AS (
  INSERT INTO stock_alert (facility_id, medicine_id, lot_id, kind, within_days, medicine, quantity, minimum_level,
                           lot_number, expires_on, fact_version, told_in)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (medicine_id, lot_id) DO UPDATE SET
    kind = excluded.kind, within_days = excluded.within_days, medicine = excluded.medicine,
    quantity = excluded.quantity, minimum_level = excluded.minimum_level, lot_number = excluded.lot_number,
    expires_on = excluded.expires_on, fact_version = excluded.fact_version,
    told_in = CASE WHEN stock_alert.kind = excluded.kind
                        AND stock_alert.within_days IS NOT DISTINCT FROM excluded.within_days
                   THEN stock_alert.told_in ELSE excluded.told_in END
  WHERE stock_alert.facility_id = excluded.facility_id AND stock_alert.fact_version < excluded.fact_version
  RETURNING kind, told_in
)
SELECT coalesce(bool_or(kind <> 'NONE' AND told_in IS NULL), false) AS news FROM saved;

-- name: schedule_digest
-- A moment after the first news, so that a delivery or a stock-take is one mail; at most one an hour.
INSERT INTO stock_digest (facility_id, due_at) VALUES ($1, $2)
ON CONFLICT (facility_id) DO UPDATE SET
  due_at = coalesce(stock_digest.due_at, greatest(excluded.due_at, stock_digest.last_at + interval '1 hour'));

-- name: take_due_digest
-- no facility: the sender works for all of them
UPDATE stock_digest SET due_at = NULL, last_at = $1
WHERE facility_id = (
  SELECT facility_id FROM stock_digest WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING facility_id;

-- name: digest_recipients
-- no facility: of the facility's own row
SELECT DISTINCT md5(lower(address)) AS recipient FROM facility, unnest(stock_digest_to) AS address
WHERE id = $1
ORDER BY recipient;

-- name: claim_stock_news
UPDATE stock_alert SET told_in = $2 WHERE facility_id = $1 AND kind <> 'NONE' AND told_in IS NULL;

-- name: digest_address
-- no facility: of the facility's own row
SELECT address FROM facility, unnest(stock_digest_to) AS address
WHERE id = $1 AND md5(lower(address)) = $2
LIMIT 1;

-- name: digest_alerts
-- Its news, and what is still low or out (lot_id nil) though it was told before.
SELECT kind, medicine, quantity, minimum_level, lot_number, expires_on, told_in = $2 AS is_news
FROM stock_alert
WHERE facility_id = $1 AND kind <> 'NONE' AND (told_in = $2 OR lot_id = '00000000-0000-0000-0000-000000000000')
ORDER BY array_position(ARRAY['OUT', 'LOW', 'RECALLED', 'EXPIRED', 'EXPIRING'], kind), medicine, expires_on, lot_number
LIMIT 201;
