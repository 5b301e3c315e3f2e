-- name: calendars
-- Doctors that a slot search may offer: hours, exceptions, holidays, held time and how full their days are, in one
-- statement. $4 = doctors, $5 = specialties ('{}' = any), $7 = inactive ones too, $8 = seats for everybody, $9 = all.
WITH doctors AS (
  SELECT d.* FROM doctor d
  WHERE d.facility_id = $1 AND (d.active OR $7::boolean)
    AND ($4::uuid[] = '{}' OR d.id = ANY ($4::uuid[])) AND ($5::text[] = '{}' OR d.specialty = ANY ($5::text[]))
    AND ($6::uuid IS NULL OR d.department_id = $6)
  ORDER BY d.id
  LIMIT 500
), held AS (
  SELECT a.doctor_id, a.starts_at, a.ends_at, a.local_date, a.seat
  FROM doctors d
  JOIN appointment a ON a.facility_id = $1 AND a.doctor_id = d.id
   AND a.starts_at >= $2::timestamptz AND a.starts_at < $3::timestamptz
   AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')
), busy AS (
  SELECT doctor_id, array_agg(starts_at ORDER BY starts_at) AS busy_from, array_agg(ends_at ORDER BY starts_at) AS busy_to
  FROM held GROUP BY doctor_id
), loads AS (
  SELECT doctor_id, array_agg(local_date::text) AS load_days, array_agg(visits) AS load_visits,
         array_agg(regular_taken) AS load_regular, array_agg(all_taken) AS load_all
  FROM (SELECT doctor_id, local_date, count(*)::int AS visits,
               (count(*) FILTER (WHERE seat <= $8::int))::int AS regular_taken,
               (count(*) FILTER (WHERE seat <= $9::int))::int AS all_taken
        FROM held GROUP BY doctor_id, local_date) AS days
  GROUP BY doctor_id
), exceptions AS (
  SELECT x.doctor_id,
         array_agg(x.id ORDER BY x.starts_at, x.id) AS exception_ids,
         array_agg(x.kind ORDER BY x.starts_at, x.id) AS exception_kinds,
         array_agg(x.starts_at ORDER BY x.starts_at, x.id) AS exception_from,
         array_agg(x.ends_at ORDER BY x.starts_at, x.id) AS exception_to,
         array_agg(x.slot_min ORDER BY x.starts_at, x.id) AS exception_slots
  FROM doctors d JOIN hours_exception x ON x.doctor_id = d.id AND x.starts_at < $3 AND x.ends_at > $2
  GROUP BY x.doctor_id
), holidays AS (
  SELECT array_agg(x.id ORDER BY x.date) AS holiday_ids, array_agg(x.date::text ORDER BY x.date) AS holiday_dates
  FROM holiday x WHERE x.facility_id = $1 AND x.date BETWEEN $2::date - 1 AND $3::date + 1
)
SELECT d.id, d.department_id, d.specialty, d.active, d.hours_version,
       d.valid_from, d.valid_to, d.weekdays, d.from_mins, d.to_mins, d.slot_mins,
       b.busy_from, b.busy_to, l.load_days, l.load_visits, l.load_regular, l.load_all,
       e.exception_ids, e.exception_kinds, e.exception_from, e.exception_to, e.exception_slots,
       h.holiday_ids, h.holiday_dates
FROM doctors d
LEFT JOIN busy b ON b.doctor_id = d.id
LEFT JOIN loads l ON l.doctor_id = d.id
LEFT JOIN exceptions e ON e.doctor_id = d.id
CROSS JOIN holidays h
ORDER BY d.id;

-- name: search_facts
-- What a search for a patient's visit needs beside the calendars: settings, whether the patient may be booked, and when
-- the patient is not free.
SELECT f.zone, f.day_cap, f.urgent_seats, f.desk_may_complete, f.no_show_grace_min,
       p.active AS patient_active, b.busy_from, b.busy_to
FROM facility f
LEFT JOIN patient p ON p.id = $2 AND p.facility_id = f.id
CROSS JOIN LATERAL (
  SELECT array_agg(a.starts_at ORDER BY a.starts_at) AS busy_from, array_agg(a.ends_at ORDER BY a.starts_at) AS busy_to
  FROM appointment a
  WHERE a.facility_id = f.id AND a.patient_id = $2
    AND a.starts_at >= $3::timestamptz - interval '3 hours' AND a.starts_at < $4
    AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS b
WHERE f.id = $1;
