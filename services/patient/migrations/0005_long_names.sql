-- Two beginnings that many people have are found at the first word of a name and at another one; only of names with more
-- words than two is the rest looked through (docs/adr/0004).
CREATE INDEX patient_word_long ON patient_word (facility_id, word, name_key, patient_id) WHERE name_key LIKE ' % % %';
