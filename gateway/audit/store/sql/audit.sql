-- name: insert_audit_rows
-- One statement for as many rows as wait: the whole group costs one commit.
INSERT INTO audit_row (id, at, facility_id, actor_id, actor_login, action, method, path_template, patient_id, resource,
                       changed, row_count, outcome, request_id, remote_addr)
SELECT r.id, r.at, r.facility_id, r.actor_id, r.actor_login, r.action, r.method, r.path_template, r.patient_id, r.resource,
       coalesce(string_to_array(r.changed, ','), '{}'), r.row_count, r.outcome, r.request_id, r.remote_addr
FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::uuid[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[])
     AS r (id, at, facility_id, actor_id, actor_login, action, method, path_template, patient_id, resource, changed,
           row_count, outcome, request_id, remote_addr);

-- name: list_audit_rows
-- no facility: of the whole installation, for its own administrators only.
SELECT * FROM audit_row
WHERE ($1::uuid IS NULL OR patient_id = $1) AND ($2::uuid IS NULL OR actor_id = $2)
  AND ($3::text IS NULL OR action = $3) AND ($4::timestamptz IS NULL OR at >= $4)
  AND ($5::timestamptz IS NULL OR at < $5)
  AND ($6::timestamptz IS NULL OR (at, id) < ($6, $7::uuid))
ORDER BY at DESC, id DESC
LIMIT $8;

-- name: list_audit_rows_of_facility
-- Its own rows, and of those without a facility the ones of nobody known (failed sign-ins): each part comes from its index in order.
SELECT * FROM (
  (SELECT * FROM audit_row
   WHERE facility_id = $9::uuid
     AND ($1::uuid IS NULL OR patient_id = $1) AND ($2::uuid IS NULL OR actor_id = $2)
     AND ($3::text IS NULL OR action = $3) AND ($4::timestamptz IS NULL OR at >= $4)
     AND ($5::timestamptz IS NULL OR at < $5)
     AND ($6::timestamptz IS NULL OR (at, id) < ($6, $7::uuid))
   ORDER BY at DESC, id DESC LIMIT $8)
  UNION ALL
  (SELECT * FROM audit_row
   WHERE facility_id IS NULL AND actor_id IS NULL
     AND ($1::uuid IS NULL OR patient_id = $1) AND ($2::uuid IS NULL OR actor_id = $2)
     AND ($3::text IS NULL OR action = $3) AND ($4::timestamptz IS NULL OR at >= $4)
     AND ($5::timestamptz IS NULL OR at < $5)
     AND ($6::timestamptz IS NULL OR (at, id) < ($6, $7::uuid))
   ORDER BY at DESC, id DESC LIMIT $8)) AS both_parts
ORDER BY at DESC, id DESC
LIMIT $8;

-- name: zone_of_facility
-- no facility: the facility itself.
SELECT zone FROM facility WHERE id = $1;
