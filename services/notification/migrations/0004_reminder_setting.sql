-- By which setting a facility's reminders were planned: a changed telephone number is no reason to plan them anew.
CREATE TABLE reminder_setting (
  facility_id uuid PRIMARY KEY,
  minutes     int[] NOT NULL
);
