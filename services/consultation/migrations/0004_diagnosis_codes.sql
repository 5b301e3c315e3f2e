-- The diagnosis codes of a facility, as its administrator loaded them (`ambula-consultation diagnosis-codes`), and their
-- search. A facility's list has a short number that stands in front of each word in `words`, so that one index serves all
-- facilities and a search meets words of its own only.
CREATE TABLE diagnosis_list (
  facility_id uuid PRIMARY KEY,
  number      int GENERATED ALWAYS AS IDENTITY UNIQUE
);
CREATE TABLE diagnosis_code (
  facility_id uuid NOT NULL,
  code        text COLLATE "C" NOT NULL,
  text        text NOT NULL,
  place       int NOT NULL, -- in the order of answers: what is said in fewer letters is more general
  words       tsvector NOT NULL,
  PRIMARY KEY (facility_id, code)
);
CREATE INDEX diagnosis_code_words ON diagnosis_code USING gin (words) WITH (fastupdate = off);
-- How many codes of a list have a word: a search goes by its rarest.
CREATE TABLE diagnosis_word (
  facility_id uuid NOT NULL,
  word        text COLLATE "C" NOT NULL,
  uses        int NOT NULL,
  PRIMARY KEY (facility_id, word)
);

-- Words as they are searched: small letters without accents. Unaccent is only stable because its dictionary could change;
-- ours does not.
CREATE FUNCTION folded_words(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.string_to_array(pg_catalog.btrim(pg_catalog.regexp_replace(
    pg_catalog.lower(public.unaccent('public.unaccent'::regdictionary, pg_catalog.normalize(value, 'NFKC'))
                     COLLATE "und-x-icu"),
    '[^[:alnum:]]+' COLLATE "und-x-icu", ' ', 'g')), ' ')
$$;

-- All of these words of a list, each by its beginning; a single letter only as the whole word.
CREATE FUNCTION diagnosis_query(list int, words text[]) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.string_agg(pg_catalog.quote_literal(list || ':' || w)
                               || CASE WHEN pg_catalog.char_length(w) > 1 THEN ':*' ELSE '' END, ' & ')::tsquery
  FROM pg_catalog.unnest(words) AS w
$$;

-- How an operator names a facility.
ALTER TABLE facility ADD COLUMN code text;
