-- Why it was last deactivated or reactivated, when somebody said so.
ALTER TABLE medicine ADD COLUMN status_reason text;
