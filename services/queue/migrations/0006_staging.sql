-- Every second the head of each staging queue is asked for: only these entries are read, however many wait elsewhere.
CREATE INDEX queue_entry_staging ON queue_entry (queue_id, urgency, seniority, ticket_number)
  WHERE status = 'WAITING' AND queue_kind = 'STAGING';
