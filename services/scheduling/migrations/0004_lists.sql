-- Indexes for the hot reads. What a list filters by, and what figures and slot searches need, stands in the index, so
-- that they read no other page for it.

DROP INDEX appointment_by_day;
CREATE INDEX appointment_by_day ON appointment (facility_id, starts_at, id)
  INCLUDE (doctor_id, department_id, status, local_date);
DROP INDEX appointment_by_doctor;
CREATE INDEX appointment_by_doctor ON appointment (facility_id, doctor_id, starts_at, id)
  INCLUDE (ends_at, department_id, status, local_date, seat);
DROP INDEX appointment_by_patient;
CREATE INDEX appointment_by_patient ON appointment (facility_id, patient_id, starts_at, id)
  INCLUDE (ends_at, doctor_id, department_id, status);
-- What the no-show job looks at: visits leave it when they end.
CREATE INDEX appointment_open ON appointment (ends_at, id) WHERE status IN ('BOOKED', 'CHECKED_IN');
