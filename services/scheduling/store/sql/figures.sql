-- name: appointment_figures
-- Visits of a span in all, by local day, by doctor and by department, read from the index of the day lists alone.
SELECT CASE WHEN grouping(a.local_date) = 0 THEN 'DAY' WHEN grouping(a.doctor_id) = 0 THEN 'DOCTOR'
            WHEN grouping(a.department_id) = 0 THEN 'DEPARTMENT' ELSE 'TOTAL' END AS kind,
       coalesce(a.local_date::text, a.doctor_id::text, a.department_id::text) AS key,
       (SELECT d.display_name FROM doctor d WHERE d.id = a.doctor_id AND d.facility_id = $1) AS doctor_name,
       (SELECT d.name FROM department d WHERE d.id = a.department_id AND d.facility_id = $1) AS department_name,
       count(*)::bigint AS appointments,
       (count(*) FILTER (WHERE a.status = 'COMPLETED'))::bigint AS visits,
       (count(*) FILTER (WHERE a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION')))::bigint AS open,
       (count(*) FILTER (WHERE a.status = 'CANCELLED'))::bigint AS cancelled,
       (count(*) FILTER (WHERE a.status = 'NO_SHOW'))::bigint AS no_show
FROM appointment a
WHERE a.facility_id = $1 AND a.starts_at >= $2 AND a.starts_at < $3
GROUP BY GROUPING SETS ((), (a.local_date), (a.doctor_id), (a.department_id))
ORDER BY kind, key;
