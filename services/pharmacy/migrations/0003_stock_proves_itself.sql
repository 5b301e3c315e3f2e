-- The ledger proves itself, by induction: the first row of a lot begins at zero, each further one continues the balance of
-- the row before it, and the lot stands where its last row left it. So Σ ledger = on_hand holds whatever a program does.

ALTER TABLE ledger ADD COLUMN seq int, ADD COLUMN balance_before int;
UPDATE ledger SET seq = n.seq, balance_before = ledger.balance - ledger.delta, reason = coalesce(ledger.reason, n.reason, 'Not told')
FROM (SELECT g.id, row_number() OVER (PARTITION BY g.lot_id ORDER BY g.id) AS seq,
             CASE WHEN g.kind = 'RECEIPT' THEN 'Received' ELSE 'Prescription ' || p.number END AS reason
      FROM ledger g LEFT JOIN dispense d ON d.id = g.ref LEFT JOIN prescription p ON p.id = d.prescription_id) n
WHERE n.id = ledger.id;

ALTER TABLE ledger
  ALTER COLUMN seq SET NOT NULL,
  ALTER COLUMN balance_before SET NOT NULL,
  ALTER COLUMN reason SET NOT NULL,
  ADD COLUMN prev_seq int GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
  ADD CONSTRAINT ledger_adds_up CHECK (balance = balance_before + delta),
  ADD CONSTRAINT ledger_begins_at_zero CHECK (seq > 1 OR (seq = 1 AND balance_before = 0)),
  ADD CONSTRAINT ledger_direction CHECK (CASE kind WHEN 'RECEIPT' THEN delta > 0 WHEN 'RETURN' THEN delta > 0
    WHEN 'DISPENSE' THEN delta < 0 WHEN 'WRITE_OFF' THEN delta < 0 WHEN 'DISPOSAL' THEN delta <= 0
    WHEN 'ADJUSTMENT' THEN delta <> 0 ELSE true END),
  ADD CONSTRAINT ledger_seq UNIQUE (lot_id, seq),
  ADD CONSTRAINT ledger_balance UNIQUE (lot_id, seq, balance),
  ADD CONSTRAINT ledger_continues FOREIGN KEY (lot_id, prev_seq, balance_before) REFERENCES ledger (lot_id, seq, balance);
DROP INDEX ledger_of_lot;

ALTER TABLE lot ADD COLUMN ledger_seq int;
UPDATE lot SET ledger_seq = (SELECT max(g.seq) FROM ledger g WHERE g.lot_id = lot.id);
ALTER TABLE lot
  ALTER COLUMN ledger_seq SET NOT NULL,
  ADD CONSTRAINT lot_stands_where_its_ledger_ends FOREIGN KEY (id, ledger_seq, on_hand) REFERENCES ledger (lot_id, seq, balance),
  ADD CONSTRAINT lot_cost_whole CHECK ((cost_amount IS NULL) = (cost_currency IS NULL));
CREATE INDEX lot_expiry ON lot (facility_id, expires_on, id) WHERE on_hand > 0;
CREATE INDEX lot_reserved ON lot (expires_on) WHERE reserved > 0;

-- A row that the lot does not follow would leave the sum wrong behind the last row that it knows.
CREATE FUNCTION ledger_moves_its_lot() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM lot WHERE id = NEW.lot_id AND ledger_seq >= NEW.seq) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_moves_its_lot', MESSAGE = 'the lot stays behind';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_moves_its_lot AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_moves_its_lot();

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_is_append_only', MESSAGE = 'append only';
END $$;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- What a line cost when it was handed over: a receipt says the same whenever it is printed.
ALTER TABLE dispense_line ADD COLUMN price_amount numeric(12, 2), ADD COLUMN price_currency text;

ALTER TABLE medicine
  ADD CONSTRAINT medicine_price_whole CHECK ((price_amount IS NULL) = (price_currency IS NULL)),
  -- What ambula.stock.v1 said last, and since when; the list of alerts itself is read from the lots.
  ADD COLUMN told_level text NOT NULL DEFAULT 'OK' CHECK (told_level IN ('OK', 'LOW', 'OUT')),
  ADD COLUMN told_since timestamptz;

-- How near its end a lot was when that was told last; 0: expired.
CREATE TABLE expiry_notice (
  lot_id      uuid PRIMARY KEY REFERENCES lot (id),
  facility_id uuid NOT NULL,
  within_days int NOT NULL CHECK (within_days IN (0, 30, 60, 90))
);

-- Medicines whose stock has moved since the job looked; rows are added by the statement that moves stock and only read
-- once, so that a change is never missed and two changes never wait for each other.
CREATE TABLE stock_touched (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  facility_id uuid NOT NULL,
  medicine_id uuid NOT NULL
);

-- `code`: how operators name the facility. `stock_day`: the local day up to which expiry has been looked at.
ALTER TABLE facility ADD COLUMN code text, ADD COLUMN stock_day date;
