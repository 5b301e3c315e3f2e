-- name: check_diagnosis_codes
-- Of the codes given: the text of those in the facility's list, and whether it has a list at all.
SELECT w.code, d.text, EXISTS (SELECT 1 FROM diagnosis_list l WHERE l.facility_id = $1) AS is_loaded
FROM unnest($2::text[]) AS w (code)
LEFT JOIN diagnosis_code d ON d.facility_id = $1 AND d.code = w.code;

-- name: find_codes_by_prefix
-- Codes are ASCII below 'a'.
SELECT d.code, d.text FROM diagnosis_code d
WHERE d.facility_id = $1 AND d.code >= $2 AND d.code < $2::text || 'a'
ORDER BY d.facility_id, d.code
LIMIT $3;

-- name: count_diagnosis_words
-- The words of a search, the rarest first, with how many codes have one that begins so.
SELECT w.word, coalesce((SELECT sum(d.uses) FROM diagnosis_word d
                         WHERE d.facility_id = $1 AND d.word >= w.word
                           AND d.word < w.word || CASE WHEN char_length(w.word) > 1 THEN chr(1114111) ELSE chr(1) END),
                        0)::bigint AS uses
FROM unnest(folded_words($2)) AS w (word)
ORDER BY uses, w.word;

-- name: find_codes_by_words
-- Through the index by the rarest word ($2, an array of it) only; the others ($3) are looked for in what it brings, which
-- costs less than to bring those of a common word. The list was stored in the order of answers, so the first 200 that are
-- met are the best: no more are read. (IS TRUE keeps the planner from asking the index for all words.)
WITH hits AS MATERIALIZED (
  SELECT d.code, d.text, d.place FROM diagnosis_code d
  WHERE d.facility_id = $1
    AND d.words @@ (SELECT diagnosis_query(l.number, $2::text[]) FROM diagnosis_list l WHERE l.facility_id = $1)
    AND (d.words @@ (SELECT diagnosis_query(l.number, $3::text[]) FROM diagnosis_list l WHERE l.facility_id = $1)) IS TRUE
  LIMIT 200
)
SELECT h.code, h.text FROM hits h ORDER BY h.place LIMIT $4;

-- name: facility_by_code_or_id
-- no facility: an operator names it
SELECT f.id, f.name FROM facility f WHERE f.id::text = $1 OR f.code = $1;

-- name: keep_diagnosis_list
-- Also the lock that two loads at once wait for.
INSERT INTO diagnosis_list (facility_id) VALUES ($1)
ON CONFLICT (facility_id) DO UPDATE SET facility_id = excluded.facility_id
RETURNING number;

-- name: forget_diagnosis_codes
WITH words AS (DELETE FROM diagnosis_word WHERE facility_id = $1)
DELETE FROM diagnosis_code WHERE facility_id = $1;

-- name: add_diagnosis_codes
-- $5 is how many came before.
INSERT INTO diagnosis_code (facility_id, code, text, place, words)
SELECT $1, n.code, n.text, $5::int + n.place,
       array_to_tsvector(ARRAY(SELECT $2::int || ':' || w FROM unnest(folded_words(n.text)) AS w))
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS n (code, text, place);

-- name: count_words_of_list
INSERT INTO diagnosis_word (facility_id, word, uses)
SELECT $1, substr(w, strpos(w, ':') + 1), count(*)
FROM diagnosis_code d, unnest(tsvector_to_array(d.words)) AS w
WHERE d.facility_id = $1
GROUP BY w;

-- name: analyze_diagnosis_codes
-- no facility: statistics of whole tables. Without them searches take the wrong way (7 ms instead of 2) until autovacuum comes by.
ANALYZE diagnosis_list, diagnosis_code, diagnosis_word;
