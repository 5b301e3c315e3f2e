-- Appointments. The database itself forbids double booking: exclusion for time, a seat for the day cap.

CREATE TABLE appointment (
  id              uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  patient_id      uuid NOT NULL,
  doctor_id       uuid NOT NULL REFERENCES doctor (id),
  department_id   uuid NOT NULL,
  starts_at       timestamptz NOT NULL,
  ends_at         timestamptz NOT NULL,
  local_date      date NOT NULL,  -- of the start, in the facility's zone
  seat            int,            -- 1 … day_cap; NULL when reinstated beyond the cap
  status          text NOT NULL CHECK (status IN
                    ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED', 'CANCELLED', 'NO_SHOW')),
  triage_level    text CHECK (triage_level IN ('CRITICAL', 'HIGH', 'MODERATE', 'LOW')),
  reason          text,
  notes           text,
  status_reason   text,
  move_count      int NOT NULL DEFAULT 0,
  consultation_id uuid,
  status_before   text,
  version         bigint NOT NULL DEFAULT 1,
  event_seq       bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL,
  created_by      uuid NOT NULL,
  updated_at      timestamptz NOT NULL,
  updated_by      uuid NOT NULL,
  CHECK (starts_at < ends_at),
  CONSTRAINT appointment_patient_overlap EXCLUDE USING gist
    (patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    WHERE (status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')),
  CONSTRAINT appointment_doctor_overlap EXCLUDE USING gist
    (doctor_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    WHERE (status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED'))
);
CREATE UNIQUE INDEX appointment_seat ON appointment (doctor_id, local_date, seat)
  WHERE status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED');
-- Lists: by day, by doctor, by patient; each in the order (starts_at, id) of the cursor.
CREATE INDEX appointment_by_day ON appointment (facility_id, starts_at, id);
CREATE INDEX appointment_by_doctor ON appointment (facility_id, doctor_id, starts_at, id) INCLUDE (ends_at, status);
CREATE INDEX appointment_by_patient ON appointment (facility_id, patient_id, starts_at, id);

-- Every transition with actor, time and reason; append-only.
CREATE TABLE appointment_transition (
  facility_id    uuid NOT NULL,
  appointment_id uuid NOT NULL REFERENCES appointment (id),
  version        bigint NOT NULL,
  event          text NOT NULL,
  status         text NOT NULL,
  reason         text,
  at             timestamptz NOT NULL,
  actor_id       uuid,
  PRIMARY KEY (appointment_id, version, event)
);
