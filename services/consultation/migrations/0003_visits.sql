-- What a doctor's day shows, who is on a doctor's list by an index, visitors who turn out to be patients.

ALTER TABLE appointment ADD COLUMN ends_at timestamptz;
UPDATE appointment SET ends_at = starts_at;
ALTER TABLE appointment ALTER COLUMN ends_at SET NOT NULL;
CREATE INDEX appointment_by_patient ON appointment (facility_id, patient_id, doctor_id);

ALTER TABLE queue_entry ADD COLUMN queue_id uuid;
ALTER TABLE queue_entry ADD COLUMN queue_kind text NOT NULL DEFAULT 'REGULAR';
ALTER TABLE queue_entry ADD COLUMN ticket_label text NOT NULL DEFAULT '';
ALTER TABLE queue_entry ADD COLUMN level text NOT NULL DEFAULT 'LOW';
CREATE INDEX queue_entry_by_appointment ON queue_entry (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX queue_entry_by_patient ON queue_entry (facility_id, patient_id, day) WHERE patient_id IS NOT NULL;
CREATE INDEX queue_entry_by_visitor ON queue_entry (facility_id, visitor_id, day) WHERE visitor_id IS NOT NULL;

CREATE INDEX consultation_by_visitor ON consultation (facility_id, visitor_id) WHERE visitor_id IS NOT NULL;
CREATE INDEX prescription_by_visitor ON prescription (facility_id, visitor_id) WHERE visitor_id IS NOT NULL;
-- A doctor's unfinished work, newest first.
CREATE INDEX consultation_drafts ON consultation (facility_id, doctor_id, started_at, id) WHERE status = 'DRAFT';
-- Figures of a span of days.
CREATE INDEX consultation_completed ON consultation (facility_id, completed_at) WHERE status = 'COMPLETED';

-- The same rule as patients_of_doctor for one person, by index. A visitor is on the list by an entry or a consultation.
CREATE FUNCTION is_on_list(of_facility uuid, of_doctor uuid, at timestamptz, of_patient uuid, of_visitor uuid)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM appointment a
                 WHERE a.facility_id = of_facility AND a.patient_id = of_patient AND a.doctor_id = of_doctor
                   AND a.status <> 'CANCELLED' AND a.starts_at >= at - interval '30 days')
      OR EXISTS (SELECT 1 FROM consultation c
                 WHERE c.facility_id = of_facility AND c.patient_id = of_patient AND c.doctor_id = of_doctor)
      OR EXISTS (SELECT 1 FROM consultation c
                 WHERE c.facility_id = of_facility AND c.visitor_id = of_visitor AND c.doctor_id = of_doctor)
      OR EXISTS (SELECT 1 FROM queue_entry e JOIN facility f ON f.id = e.facility_id
                 WHERE e.facility_id = of_facility AND (e.patient_id = of_patient OR e.visitor_id = of_visitor)
                   AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
                   AND e.day = (at AT TIME ZONE f.zone)::date
                   AND (e.doctor_id = of_doctor
                        OR (e.doctor_id IS NULL
                            AND e.department_id = (SELECT d.department_id FROM doctor d WHERE d.id = of_doctor))))
$$;

-- Quantities that were counted from dose, frequency and duration.
ALTER TABLE prescription_item ADD COLUMN quantity_derived boolean NOT NULL DEFAULT false;
