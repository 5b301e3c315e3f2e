-- The registry: who the person is.

-- Projection of ambula.facility.v1.
CREATE TABLE facility (
  id     uuid PRIMARY KEY,
  code   text NOT NULL,
  zone   text NOT NULL,
  locale text NOT NULL
);

-- The last record number drawn.
CREATE TABLE mrn_counter (
  facility_id uuid PRIMARY KEY,
  last        bigint NOT NULL
);

-- Text as it is searched: small letters without accents, words apart by one blank, one blank in front, so that
-- '% wor%' finds the beginning of a word. Unaccent is only stable because its dictionary could change; ours does not.
CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ' ' || pg_catalog.btrim(pg_catalog.regexp_replace(
    pg_catalog.lower(public.unaccent('public.unaccent'::regdictionary, pg_catalog.normalize(value, 'NFKC'))
                     COLLATE "und-x-icu"),
    '[^[:alnum:]]+' COLLATE "und-x-icu", ' ', 'g'))
$$;

CREATE TABLE patient (
  id                     uuid PRIMARY KEY,
  facility_id            uuid NOT NULL,
  mrn                    text NOT NULL,
  status                 text NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE')),
  status_reason          text,
  given_name             text NOT NULL,
  family_name            text,
  birth_date             date NOT NULL,
  birth_date_estimated   boolean NOT NULL,
  sex                    text NOT NULL CHECK (sex IN ('MALE', 'FEMALE', 'OTHER', 'UNKNOWN')),
  phone                  text,
  email                  text,
  address_line           text,
  address_city           text,
  address_district       text,
  address_state          text,
  address_postal_code    text,
  address_country        text,
  blood_group            text CHECK (blood_group IN ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-')),
  emergency_name         text,
  emergency_relationship text,
  emergency_phone        text,
  medical_history        text,
  notes                  text,
  account_id             uuid,
  language               text NOT NULL,
  channel_email          boolean NOT NULL DEFAULT true,
  opt_out                text[] NOT NULL DEFAULT '{}',
  version                bigint NOT NULL DEFAULT 1,
  event_seq              bigint NOT NULL DEFAULT 1,
  created_at             timestamptz NOT NULL,
  created_by             uuid NOT NULL,
  updated_at             timestamptz NOT NULL,
  updated_by             uuid NOT NULL,
  -- Family name first: what is searched is also what lists are sorted by.
  name_key               text COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (folded(coalesce(family_name || ' ', '') || given_name)) STORED,
  -- Digits from the last to the first: a number is found by its end, with or without its country.
  phone_key              text COLLATE "C"
    GENERATED ALWAYS AS (reverse(regexp_replace(phone, '[^0-9]', '', 'g'))) STORED,
  CONSTRAINT patient_mrn_key UNIQUE (facility_id, mrn)
);
-- PAT-2. Addresses are ASCII, so lower() folds all of them.
CREATE UNIQUE INDEX patient_email_active ON patient (facility_id, lower(email)) WHERE status = 'ACTIVE';
CREATE INDEX patient_list ON patient (facility_id, name_key, id);
CREATE INDEX patient_by_name ON patient USING gin (name_key public.gin_trgm_ops);
CREATE INDEX patient_by_phone ON patient (facility_id, phone_key);
CREATE INDEX patient_by_email ON patient (facility_id, lower(email));

-- Every change with actor, time and reason; append-only.
CREATE TABLE patient_transition (
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL REFERENCES patient (id),
  version     bigint NOT NULL,
  event       text NOT NULL,
  status      text NOT NULL,
  reason      text,
  at          timestamptz NOT NULL,
  actor_id    uuid NOT NULL,
  PRIMARY KEY (patient_id, version, event)
);
