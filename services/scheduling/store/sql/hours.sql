-- name: coming_exceptions
-- What the hours of doctors ($2 = '{}': of the whole facility) except from now on. Read after the doctor's row was
-- locked: a statement that waits for a lock sees the other tables as they were before.
SELECT x.* FROM hours_exception x
WHERE x.facility_id = $1 AND ($2::uuid[] = '{}' OR x.doctor_id = ANY ($2::uuid[])) AND x.ends_at > $3
ORDER BY x.doctor_id, x.starts_at, x.id;

-- name: coming_holidays
SELECT x.* FROM holiday x WHERE x.facility_id = $1 AND x.date >= $2::date ORDER BY x.date;

-- name: list_exceptions
SELECT x.* FROM hours_exception x
WHERE x.facility_id = $1 AND x.doctor_id = $2
  AND ($3::timestamptz IS NULL OR x.ends_at > $3) AND ($4::timestamptz IS NULL OR x.starts_at < $4)
  AND ($5::timestamptz IS NULL OR (x.starts_at, x.id) > ($5, $6::uuid))
ORDER BY x.starts_at, x.id
LIMIT $7;

-- name: insert_exception
INSERT INTO hours_exception (id, facility_id, doctor_id, kind, starts_at, ends_at, slot_min, reason, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: delete_exception
DELETE FROM hours_exception WHERE id = $1 AND facility_id = $2 AND doctor_id = $3 RETURNING *;

-- name: lock_facility
-- no facility: the facility's own row. Holidays and new doctors wait for each other here.
SELECT zone, day_cap, urgent_seats, desk_may_complete, no_show_grace_min FROM facility WHERE id = $1 FOR UPDATE;

-- name: list_holidays
SELECT x.* FROM holiday x
WHERE x.facility_id = $1 AND ($2::date IS NULL OR x.date >= $2) AND ($3::date IS NULL OR x.date <= $3)
  AND ($4::date IS NULL OR (x.date, x.id) > ($4, $5::uuid))
ORDER BY x.date, x.id
LIMIT $6;

-- name: insert_holiday
INSERT INTO holiday (id, facility_id, date, name, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6);

-- name: delete_holiday
DELETE FROM holiday WHERE id = $1 AND facility_id = $2 RETURNING *;
