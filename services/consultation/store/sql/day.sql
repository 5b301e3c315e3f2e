-- name: doctor_day
-- A doctor's appointments and queue of a local day (today unless $4 names one), all their drafts, and what they did that
-- day: one round trip, each row says with `part` what it belongs to. Of each part at most $5.
WITH place AS (
  SELECT f.id AS facility_id, d.department_id, coalesce($4::date, ($3::timestamptz AT TIME ZONE f.zone)::date) AS day,
         (coalesce($4::date, ($3::timestamptz AT TIME ZONE f.zone)::date))::timestamp AT TIME ZONE f.zone AS begins,
         (coalesce($4::date, ($3::timestamptz AT TIME ZONE f.zone)::date) + 1)::timestamp AT TIME ZONE f.zone AS ends
  FROM facility f LEFT JOIN doctor d ON d.id = $2 AND d.facility_id = f.id
  WHERE f.id = $1
), figures AS (
  SELECT p.day, count(c.id) AS seen,
         avg(extract(epoch FROM c.completed_at - c.started_at) / 60)::float8 AS visit_mean_min
  FROM place p
  LEFT JOIN consultation c ON c.facility_id = p.facility_id AND c.doctor_id = $2 AND c.status = 'COMPLETED'
                          AND c.completed_at >= p.begins AND c.completed_at < p.ends
  GROUP BY p.day
), visits AS (
  SELECT a.id, a.facility_id, a.patient_id, a.starts_at, a.ends_at, a.status, row_number() OVER (ORDER BY a.starts_at, a.id) AS n
  FROM place p
  JOIN appointment a ON a.facility_id = p.facility_id AND a.doctor_id = $2 AND a.starts_at >= p.begins AND a.starts_at < p.ends
  ORDER BY a.starts_at, a.id
  LIMIT $5
), entries AS (
  SELECT e.id, e.facility_id, e.patient_id, e.visitor_id, e.appointment_id, e.queue_id, e.queue_kind, e.ticket_label,
         e.level, e.status, e.doctor_id,
         row_number() OVER (ORDER BY e.queue_kind = 'EMERGENCY' DESC,
                                     array_position(ARRAY['CRITICAL', 'HIGH', 'MODERATE', 'LOW'], e.level), e.id) AS n
  FROM place p
  JOIN queue_entry e ON e.facility_id = p.facility_id AND e.day = p.day
                    AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
                    AND (e.doctor_id = $2 OR (e.doctor_id IS NULL AND e.department_id = p.department_id))
  ORDER BY n
  LIMIT $5
), drafts AS (
  SELECT c.id, c.facility_id, c.patient_id, c.visitor_id, c.appointment_id, c.queue_entry_id, c.started_at,
         row_number() OVER (ORDER BY c.started_at DESC, c.id DESC) AS n
  FROM consultation c
  WHERE c.facility_id = $1 AND c.doctor_id = $2 AND c.status = 'DRAFT'
  ORDER BY c.started_at DESC, c.id DESC
  LIMIT $5
), parts AS (
  SELECT 'FIGURES' AS part, NULL::uuid AS id, $1::uuid AS facility_id, 0 AS n, NULL::uuid AS patient_id,
         NULL::uuid AS visitor_id, NULL::uuid AS appointment_id, NULL::uuid AS queue_entry_id, NULL::uuid AS queue_id,
         NULL AS queue_kind, NULL AS label, NULL AS level, NULL AS status, NULL::boolean AS is_mine,
         NULL::timestamptz AS starts_at, NULL::timestamptz AS ends_at, f.day, f.seen, f.visit_mean_min
  FROM figures f
  UNION ALL
  SELECT 'APPOINTMENT', v.id, v.facility_id, v.n, v.patient_id, NULL, v.id, NULL, NULL, NULL, NULL, NULL, v.status, NULL,
         v.starts_at, v.ends_at, NULL, NULL, NULL
  FROM visits v
  UNION ALL
  SELECT 'QUEUE', e.id, e.facility_id, e.n, e.patient_id, e.visitor_id, e.appointment_id, e.id, e.queue_id, e.queue_kind,
         e.ticket_label, e.level, e.status, e.doctor_id IS NOT NULL, NULL, NULL, NULL, NULL, NULL
  FROM entries e
  UNION ALL
  SELECT 'DRAFT', d.id, d.facility_id, d.n, d.patient_id, d.visitor_id, d.appointment_id, d.queue_entry_id, NULL, NULL,
         NULL, NULL, NULL, NULL, d.started_at, NULL, NULL, NULL, NULL
  FROM drafts d
)
SELECT p.part, p.id, coalesce(p.patient_id, v.patient_id) AS patient_id, p.visitor_id, p.appointment_id, p.queue_entry_id,
       p.queue_id, p.queue_kind, p.label, p.level, p.status, p.is_mine, p.starts_at, p.ends_at, p.day, p.seen,
       p.visit_mean_min, coalesce(pa.display_name, v.name) AS display_name, pa.mrn, pa.birth_date,
       (SELECT c.id FROM consultation c
        WHERE p.part IN ('APPOINTMENT', 'QUEUE') AND c.facility_id = p.facility_id
          AND (c.appointment_id = p.appointment_id OR c.queue_entry_id = p.queue_entry_id)
          AND c.status IN ('DRAFT', 'COMPLETED')
        LIMIT 1) AS consultation_id
FROM parts p
LEFT JOIN visitor v ON v.id = p.visitor_id AND v.facility_id = p.facility_id
LEFT JOIN patient pa ON pa.id = coalesce(p.patient_id, v.patient_id) AND pa.facility_id = p.facility_id
ORDER BY p.part, p.n;

-- name: consultation_figures
-- Completed consultations of the local days from $2 to $3, by doctor: how many, and minutes from start to completion.
SELECT c.doctor_id, d.display_name, count(*) AS visits, avg(m.spent)::float8 AS mean_min,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY m.spent) AS p50_min,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY m.spent) AS p90_min
FROM facility f
JOIN consultation c ON c.facility_id = f.id AND c.status = 'COMPLETED'
                   AND c.completed_at >= $2::date::timestamp AT TIME ZONE f.zone
                   AND c.completed_at < ($3::date + 1)::timestamp AT TIME ZONE f.zone
CROSS JOIN LATERAL (SELECT (extract(epoch FROM c.completed_at - c.started_at) / 60)::float8 AS spent) m
LEFT JOIN doctor d ON d.id = c.doctor_id AND d.facility_id = c.facility_id
WHERE f.id = $1
GROUP BY c.doctor_id, d.display_name
ORDER BY d.display_name, c.doctor_id;

-- name: zone_of_facility
-- no facility: it is the facility that is asked for
SELECT zone FROM facility WHERE id = $1;
