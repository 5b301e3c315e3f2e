-- Prescriptions of visitors are known too, without anybody to tell.
ALTER TABLE prescription ALTER COLUMN patient_id DROP NOT NULL;
CREATE INDEX early_dispense_by_time ON early_dispense (fact_time);
