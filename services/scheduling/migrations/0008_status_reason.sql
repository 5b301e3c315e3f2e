-- Why it was last deactivated or reactivated, when somebody said so.
ALTER TABLE department ADD COLUMN status_reason text;
ALTER TABLE specialty ADD COLUMN status_reason text;
ALTER TABLE doctor ADD COLUMN status_reason text;
