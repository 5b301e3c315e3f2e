-- The time line, and what decides whose patients are whose: everything here is built from events of neighbours and can be
-- built again from them.

-- Projections of ambula.department.v1 and ambula.doctor.v1: names for the time line, a doctor's department.
CREATE TABLE department (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  name        text NOT NULL
);
CREATE TABLE doctor (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  display_name  text NOT NULL,
  department_id uuid NOT NULL
);

-- Who a visitor turned out to be; a row without patient_id only says that somebody names the visitor. Writers of
-- anything about a visitor lock this row first, so that identification misses nothing.
CREATE TABLE visitor (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid
);

CREATE TABLE appointment (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL,
  doctor_id   uuid NOT NULL,
  starts_at   timestamptz NOT NULL,
  status      text NOT NULL
);
CREATE INDEX appointment_by_doctor ON appointment (facility_id, doctor_id, starts_at) WHERE status <> 'CANCELLED';

CREATE TABLE queue_entry (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  patient_id    uuid,
  visitor_id    uuid,
  doctor_id     uuid,
  department_id uuid NOT NULL,
  day           date NOT NULL,
  status        text NOT NULL
);
CREATE INDEX queue_entry_open ON queue_entry (facility_id, department_id, doctor_id)
  WHERE status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD');
CREATE INDEX queue_entry_by_visitor ON queue_entry (visitor_id) WHERE visitor_id IS NOT NULL;

CREATE TABLE consultation (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid,
  visitor_id  uuid,
  doctor_id   uuid NOT NULL,
  status      text NOT NULL
);
CREATE INDEX consultation_by_doctor ON consultation (facility_id, doctor_id, patient_id) WHERE status <> 'CANCELLED';
CREATE INDEX consultation_by_visitor ON consultation (visitor_id) WHERE visitor_id IS NOT NULL;

-- Whose prescription it is: dispenses name only the prescription. A row of a prescription that only the pharmacy has
-- told about has no number yet. Writers lock it before they write items of it.
CREATE TABLE prescription (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid,
  visitor_id  uuid,
  doctor_id   uuid,
  number      text
);

-- One row an event. patient_id is NULL until it is known whose it is.
CREATE TABLE history_item (
  event_id        uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  patient_id      uuid,
  visitor_id      uuid,
  prescription_id uuid,
  at              timestamptz NOT NULL,
  kind            text NOT NULL,
  event           text NOT NULL,
  ref_type        text NOT NULL,
  ref_id          uuid NOT NULL,
  doctor_id       uuid,
  department_id   uuid,
  starts_at       timestamptz,
  label           text
);
CREATE INDEX history_by_patient ON history_item (facility_id, patient_id, at, event_id);
CREATE INDEX history_by_visitor ON history_item (visitor_id) WHERE visitor_id IS NOT NULL;
CREATE INDEX history_by_prescription ON history_item (prescription_id) WHERE prescription_id IS NOT NULL;

-- A doctor's list: an appointment with them (not CANCELLED) from 30 days ago on, an open entry assigned to them or
-- unassigned in their department today, or a consultation they wrote.
CREATE FUNCTION patients_of_doctor(facility uuid, doctor uuid, at timestamptz)
RETURNS TABLE (patient_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT a.patient_id FROM appointment a
  WHERE a.facility_id = $1 AND a.doctor_id = $2 AND a.status <> 'CANCELLED' AND a.starts_at >= $3 - interval '30 days'
  UNION ALL
  SELECT e.patient_id FROM queue_entry e
  WHERE e.facility_id = $1 AND e.doctor_id = $2 AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
    AND e.patient_id IS NOT NULL
  UNION ALL
  SELECT e.patient_id FROM queue_entry e
  JOIN doctor d ON d.id = $2 AND d.facility_id = e.facility_id AND d.department_id = e.department_id
  JOIN facility f ON f.id = e.facility_id
  WHERE e.facility_id = $1 AND e.doctor_id IS NULL AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
    AND e.day = ($3 AT TIME ZONE f.zone)::date AND e.patient_id IS NOT NULL
  UNION ALL
  SELECT c.patient_id FROM consultation c
  WHERE c.facility_id = $1 AND c.doctor_id = $2 AND c.status <> 'CANCELLED' AND c.patient_id IS NOT NULL
$$;
