-- By which setting a facility's reminders were planned: a changed telephone number is no reason to plan them anew.
ALTER TABLE facility ADD COLUMN reminders_planned int[];
