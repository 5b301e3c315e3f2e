-- Visits that were withdrawn while their consultation, as far as was known here, was going on: its cancellation comes by another
-- topic, and the entry must not wait again after it.
CREATE TABLE withdrawn_visit (
  appointment_id uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  at             timestamptz NOT NULL
);
CREATE INDEX withdrawn_visit_by_age ON withdrawn_visit (at);
