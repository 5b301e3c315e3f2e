-- Prescriptions as the pharmacy works on them, reservations and hand-overs.

CREATE TABLE prescription (
  id              uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  number          text NOT NULL,
  status          text NOT NULL CHECK (status IN
                    ('ISSUED', 'ON_HOLD', 'COMPLETED', 'STOPPED', 'CANCELLED', 'EXPIRED')),
  fulfilment      text NOT NULL DEFAULT 'NONE' CHECK (fulfilment IN
                    ('NONE', 'RESERVED', 'PARTIAL', 'FULL', 'SHORT', 'DECLINED')),
  patient_id      uuid,
  visitor_id      uuid,
  doctor_id       uuid NOT NULL,
  consultation_id uuid NOT NULL,
  issued_at       timestamptz NOT NULL,
  expires_on      date NOT NULL,
  ready_at        timestamptz,
  reserved_until  timestamptz,
  reason          text,  -- of the last transition that has one
  version         bigint NOT NULL DEFAULT 1,
  event_seq       bigint NOT NULL DEFAULT 0,  -- the pharmacy has said nothing about it yet
  created_at      timestamptz NOT NULL,
  created_by      uuid NOT NULL,
  updated_at      timestamptz NOT NULL,
  updated_by      uuid NOT NULL
);
CREATE INDEX prescription_list ON prescription (facility_id, issued_at, id);
CREATE INDEX prescription_pending ON prescription (facility_id, issued_at, id)
  WHERE status = 'ISSUED' AND fulfilment IN ('NONE', 'RESERVED', 'PARTIAL');
CREATE INDEX prescription_visitor ON prescription (visitor_id) WHERE visitor_id IS NOT NULL;
CREATE INDEX prescription_reserved ON prescription (reserved_until) WHERE reserved_until IS NOT NULL;

CREATE TABLE prescription_item (
  item_id         uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL REFERENCES prescription (id),
  position        int NOT NULL,
  free_text       boolean NOT NULL,  -- prescribed without an id; medicine_id is then the pharmacy's choice
  medicine_id     uuid,
  name            text NOT NULL,
  strength        text,
  form            text,
  dose            text NOT NULL,
  route           text,
  frequency       text NOT NULL,
  duration_days   int,
  instructions    text,
  quantity        int NOT NULL CHECK (quantity > 0),
  dispensed       int NOT NULL DEFAULT 0,
  CONSTRAINT prescription_item_dispensed CHECK (0 <= dispensed AND dispensed <= quantity)
);
CREATE INDEX prescription_item_of ON prescription_item (prescription_id, position);

-- Every transition with actor, time and reason; append-only.
CREATE TABLE prescription_transition (
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL REFERENCES prescription (id),
  version         bigint NOT NULL,
  event           text NOT NULL,
  status          text NOT NULL,
  fulfilment      text NOT NULL,
  reason          text,
  at              timestamptz NOT NULL,
  actor_id        uuid NOT NULL,
  PRIMARY KEY (prescription_id, version, event)
);

CREATE TABLE reservation (
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL REFERENCES prescription (id),
  item_id         uuid NOT NULL REFERENCES prescription_item (item_id),
  lot_id          uuid NOT NULL REFERENCES lot (id),
  quantity        int NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (item_id, lot_id)
);
CREATE INDEX reservation_of ON reservation (prescription_id);
CREATE INDEX reservation_lot ON reservation (lot_id);

CREATE TABLE dispense (
  id              uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL REFERENCES prescription (id),
  note            text,
  handed_over_at  timestamptz NOT NULL,
  handed_over_by  uuid NOT NULL,
  version         bigint NOT NULL DEFAULT 1,
  updated_at      timestamptz NOT NULL,
  updated_by      uuid NOT NULL
);
CREATE INDEX dispense_list ON dispense (facility_id, handed_over_at, id);
CREATE INDEX dispense_of ON dispense (prescription_id, handed_over_at, id);

CREATE TABLE dispense_line (
  facility_id uuid NOT NULL,
  dispense_id uuid NOT NULL REFERENCES dispense (id),
  position    int NOT NULL,
  item_id     uuid NOT NULL REFERENCES prescription_item (item_id),
  medicine_id uuid NOT NULL REFERENCES medicine (id),
  lot_id      uuid NOT NULL REFERENCES lot (id),
  quantity    int NOT NULL CHECK (quantity > 0),
  returned    int NOT NULL DEFAULT 0,
  PRIMARY KEY (dispense_id, position),
  CONSTRAINT dispense_line_returned CHECK (0 <= returned AND returned <= quantity)
);
CREATE INDEX dispense_line_lot ON dispense_line (lot_id);

-- Each act of returning with its reason; append-only.
CREATE TABLE dispense_return (
  facility_id uuid NOT NULL,
  dispense_id uuid NOT NULL REFERENCES dispense (id),
  version     bigint NOT NULL,
  lot_id      uuid NOT NULL REFERENCES lot (id),
  into_lot_id uuid NOT NULL REFERENCES lot (id),
  quantity    int NOT NULL CHECK (quantity > 0),
  reason      text NOT NULL,
  at          timestamptz NOT NULL,
  actor_id    uuid NOT NULL,
  PRIMARY KEY (dispense_id, version, lot_id)
);
