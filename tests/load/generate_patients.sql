-- A large registry for measuring searches: people whose names repeat as names do (few very common, many rare), with
-- phones, e-mail addresses and record numbers. Made beside the service, so no events are told: never in a system that is used.
--
--   psql -v patients=1000000 -v facility=<facility id> -f tests/load/generate_patients.sql "$AMBULA_PG_URL"

\set ON_ERROR_STOP on
SET search_path = patient, public;
SET synchronous_commit = off;

CREATE TEMPORARY TABLE given_name AS SELECT row_number() OVER () - 1 AS n, name FROM unnest(string_to_array(
  'Maria José Anna Mohammed Ravi Asha Wei Olga Ivan Fatima Juan Priya Elena Ahmed Sofia Lars Chloé Noah Mia Liam Emma '
  'Arjun Anjali Sanjay Deepa Nikhil Meera Vikram Lakshmi Karthik Divya Suresh Kavita Rajesh Sunita Amit Pooja Rahul Neha '
  'Katharina Johannes Friederike Maximilian Zoë François Amélie Étienne Søren Åsa Łukasz Małgorzata Dariusz Zdeněk Jiří '
  'Nguyễn Thảo Hương Takeshi Yuki Haruka Minjun Seoyeon Chidi Ngozi Kwame Abena Tariq Layla Yusuf Aisha Omar Zainab',
  ' ')) AS name;
CREATE TEMPORARY TABLE stem AS SELECT row_number() OVER () - 1 AS n, name FROM unnest(string_to_array(
  'Kumar Singh Garcia Müller Schmidt Patel Sharma Reddy Khan Nguyen Silva Santos Ivanov Kowal Novak Hans Peters Ander Johan '
  'Lind Berg Holm Stein Bach Wald Krish Rama Venka Subra Chan Wang Yama Naka Taka Fuji Oka Ade Oko Mba Osei Men Rodri Fernan '
  'Gonza Hernan Lope Marti Pere San Rami Tor Flo Riv Gome Dia Cru Mora Orti Gutier Chav Ruiz Alva Mend Vas Casti Jime Rome',
  ' ')) AS name;
CREATE TEMPORARY TABLE ending AS SELECT row_number() OVER () - 1 AS n, name FROM unnest(string_to_array(
  ',son,sen,mann,berg,stein,ski,ska,ova,ov,ez,es,ini,etti,ley,ton,ford,wood,man,er,ner,ler,feld,baum,hof,moto,mura,yama,saki,'
  'hara,nathan,murthy,swamy,lingam,appa,raju,pal,das,dev,jit,preet,wala,kar,kere,oglu,zadeh,pour,idze,shvili,yan,escu,quist,strom',
  ',')) AS name;

-- A power of a random number picks the first of each list most often.
INSERT INTO patient (id, facility_id, mrn, status, given_name, family_name, birth_date, birth_date_estimated, sex, phone,
                     email, language, created_at, created_by, updated_at, updated_by, phone_key)
SELECT gen_random_uuid(), :'facility', 'GEN-' || lpad(p.n::text, 8, '0'),
       CASE WHEN p.n % 20 = 0 THEN 'INACTIVE' ELSE 'ACTIVE' END,
       g.name || CASE WHEN p.n % 5 = 0 THEN ' ' || h.name ELSE '' END, s.name || e.name,
       date '1930-01-01' + (p.n::bigint * 7919 % 34000)::int, false, (ARRAY['FEMALE', 'MALE'])[1 + p.n % 2],
       '+91 ' || 6000000000 + p.n, 'person' || p.n || '@generated.example', 'en', now(), gen_random_uuid(), now(),
       gen_random_uuid(), reverse('91' || 6000000000 + p.n)
FROM (SELECT n, (random() ^ 2 * (SELECT count(*) FROM given_name))::int AS g, (random() * 71)::int AS h,
             (random() ^ 2 * (SELECT count(*) FROM stem))::int AS s, (random() ^ 3 * (SELECT count(*) FROM ending))::int AS e
      FROM generate_series(1, :patients) n) p
JOIN given_name g ON g.n = least(p.g, (SELECT count(*) - 1 FROM given_name))
JOIN given_name h ON h.n = least(p.h, (SELECT count(*) - 1 FROM given_name))
JOIN stem s ON s.n = least(p.s, (SELECT count(*) - 1 FROM stem))
JOIN ending e ON e.n = least(p.e, (SELECT count(*) - 1 FROM ending));

INSERT INTO patient_word (facility_id, word, name_key, patient_id)
SELECT DISTINCT p.facility_id, w, p.name_key, p.id
FROM patient p, unnest(name_words(p.name_key)) w
WHERE p.facility_id = :'facility' AND p.mrn LIKE 'GEN-%'
ON CONFLICT DO NOTHING;

VACUUM (ANALYZE) patient;
VACUUM (ANALYZE) patient_word;
