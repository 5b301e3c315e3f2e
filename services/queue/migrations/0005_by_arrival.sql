-- Lists without a day: a facility's entries in the order of arrival, page by page.
CREATE INDEX queue_entry_by_arrival ON queue_entry (facility_id, created_at, id);
