-- Medicines, their lots and the ledger; and what this service keeps of its neighbours.

-- Projection of ambula.facility.v1.
CREATE TABLE facility (
  id            uuid PRIMARY KEY,
  name          text NOT NULL,
  zone          text NOT NULL,
  currency      text NOT NULL,
  address       text,
  phone         text,
  reservation_h int NOT NULL
);

-- Projection of ambula.patient.v1: who stands at the counter, and what must not be given.
CREATE TABLE patient (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL,
  mrn          text NOT NULL,
  birth_date   date NOT NULL,
  allergies    text NOT NULL  -- JSON array, as it is shown
);

-- Projection of ambula.visitor.v1.
CREATE TABLE visitor (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL,
  patient_id   uuid
);

-- Projection of ambula.doctor.v1.
CREATE TABLE doctor (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL
);

CREATE TABLE medicine (
  id             uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  name           text NOT NULL,
  strength       text NOT NULL,
  form           text NOT NULL,
  unit           text,
  price_amount   numeric(12, 2),
  price_currency text,
  minimum_level  int NOT NULL CHECK (minimum_level >= 0),
  active         boolean NOT NULL DEFAULT true,
  version        bigint NOT NULL DEFAULT 1,
  event_seq      bigint NOT NULL DEFAULT 1,
  stock_seq      bigint NOT NULL DEFAULT 0,  -- counts the events of ambula.stock.v1
  created_at     timestamptz NOT NULL,
  created_by     uuid NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     uuid NOT NULL
);
CREATE UNIQUE INDEX medicine_key ON medicine (facility_id, lower(name), lower(strength), lower(form));
CREATE INDEX medicine_list ON medicine (facility_id, name, id);

CREATE TABLE lot (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  medicine_id   uuid NOT NULL REFERENCES medicine (id),
  lot_number    text NOT NULL,
  expires_on    date NOT NULL,  -- the last usable day; never changes, because lots are locked in its order
  status        text NOT NULL CHECK (status IN ('AVAILABLE', 'QUARANTINED', 'RECALLED', 'DISPOSED')),
  on_hand       int NOT NULL CHECK (on_hand <= 1000000),
  reserved      int NOT NULL DEFAULT 0,
  cost_amount   numeric(12, 2),
  cost_currency text,
  supplier      text,
  returned_from uuid REFERENCES lot (id),
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL,
  created_by    uuid NOT NULL,
  updated_at    timestamptz NOT NULL,
  updated_by    uuid NOT NULL,
  CONSTRAINT lot_stock CHECK (0 <= reserved AND reserved <= on_hand),
  CONSTRAINT lot_reserved_available CHECK (reserved = 0 OR status = 'AVAILABLE')
);
CREATE INDEX lot_of_medicine ON lot (facility_id, medicine_id, expires_on, id);

-- Every transition of a lot with actor, time and reason; append-only.
CREATE TABLE lot_transition (
  facility_id uuid NOT NULL,
  lot_id      uuid NOT NULL REFERENCES lot (id),
  version     bigint NOT NULL,
  command     text NOT NULL,
  status      text NOT NULL,
  reason      text,
  witness     text,
  at          timestamptz NOT NULL,
  actor_id    uuid NOT NULL,
  PRIMARY KEY (lot_id, version)
);

-- Every movement; append-only. The sum of a lot's rows is its on_hand.
CREATE TABLE ledger (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  facility_id uuid NOT NULL,
  at          timestamptz NOT NULL,
  lot_id      uuid NOT NULL REFERENCES lot (id),
  medicine_id uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN
                ('RECEIPT', 'DISPENSE', 'RETURN', 'ADJUSTMENT', 'WRITE_OFF', 'COUNT', 'DISPOSAL')),
  delta       int NOT NULL,
  balance     int NOT NULL CHECK (balance >= 0),
  reason      text,
  actor_id    uuid NOT NULL,
  ref         uuid  -- the dispense
);
CREATE INDEX ledger_list ON ledger (facility_id, id);
CREATE INDEX ledger_of_medicine ON ledger (facility_id, medicine_id, id);
CREATE INDEX ledger_of_lot ON ledger (lot_id, id);
