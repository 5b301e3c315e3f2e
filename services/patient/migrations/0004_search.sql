-- Search by words of the name, and by phones as they are dialled.

-- The words of a folded name.
CREATE FUNCTION name_words(name_key text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_to_array(ltrim(name_key), ' ')
$$;

-- The first of a name's words, by alphabet, that begins like this: where a person stands among the results. Restricted,
-- so that nobody starts parallel workers for the one page that is read in order.
CREATE FUNCTION first_word(name_key text, beginning text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT min(w COLLATE "C") FROM unnest(string_to_array(ltrim(name_key), ' ')) w WHERE starts_with(w, beginning)
$$;

-- One row for each word of a name. Its key is the order of results: a range of it is read in order and only as far as a
-- page needs, however many people share a beginning (docs/adr/0004). name_key answers for the other words of a search.
CREATE TABLE patient_word (
  facility_id uuid NOT NULL,
  word        text COLLATE "C" NOT NULL,
  name_key    text COLLATE "C" NOT NULL,
  patient_id  uuid NOT NULL,
  PRIMARY KEY (facility_id, word, name_key, patient_id)
);
INSERT INTO patient_word (facility_id, word, name_key, patient_id)
SELECT DISTINCT p.facility_id, w, p.name_key, p.id FROM patient p, unnest(name_words(p.name_key)) w;
DROP INDEX patient_by_name;

-- Digits of the international number from the last to the first; written by the service, which knows the country.
ALTER TABLE patient ALTER COLUMN phone_key DROP EXPRESSION;
