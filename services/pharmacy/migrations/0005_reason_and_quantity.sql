-- Why it was last deactivated or reactivated, when somebody said so.
ALTER TABLE medicine ADD COLUMN status_reason text;
-- The units that a lot came with. A process of the release before leaves it empty.
ALTER TABLE lot ADD COLUMN quantity int;
UPDATE lot SET quantity = l.delta FROM ledger l WHERE l.lot_id = lot.id AND l.seq = 1;
