-- name: insert_audit_rows
-- One statement for as many rows as wait: the whole group costs one commit.
INSERT INTO audit_row (at, facility_id, actor_id, actor_login, action, method, path_template, patient_id, resource,
                       changed, row_count, outcome, request_id, remote_addr)
SELECT r.at, r.facility_id, r.actor_id, r.actor_login, r.action, r.method, r.path_template, r.patient_id, r.resource,
       coalesce(string_to_array(r.changed, ','), '{}'), r.row_count, r.outcome, r.request_id, r.remote_addr
FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
            $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[])
     AS r (at, facility_id, actor_id, actor_login, action, method, path_template, patient_id, resource, changed,
           row_count, outcome, request_id, remote_addr);

-- name: list_audit_rows
-- Of rows without a facility an administrator sees those of nobody known (failed sign-ins).
SELECT * FROM audit_row
WHERE ($1::uuid IS NULL OR facility_id = $1 OR (facility_id IS NULL AND actor_id IS NULL))
  AND ($2::uuid IS NULL OR patient_id = $2) AND ($3::uuid IS NULL OR actor_id = $3)
  AND ($4::text IS NULL OR action = $4) AND ($5::timestamptz IS NULL OR at >= $5)
  AND ($6::timestamptz IS NULL OR at < $6)
  AND ($7::timestamptz IS NULL OR (at, id) < ($7, $8::bigint))
ORDER BY at DESC, id DESC
LIMIT $9;
