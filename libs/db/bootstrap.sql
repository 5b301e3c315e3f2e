-- What a superuser prepares once in Ambula's database: extensions, one login role and one schema for each service.
-- May be run again at any time, for example to change passwords. Run by psql on that database:
--
--   psql -v ON_ERROR_STOP=1 -v password_patient=… -v password_scheduling=… -v password_queue=… \
--        -v password_consultation=… -v password_pharmacy=… -v password_notification=… -v password_identity=… \
--        -f bootstrap.sql <url>
--
-- A missing password stops the script before anything has changed. Values given with -v show in the list of processes; on a shared machine
-- let psql read them: \set password_patient `cat /run/secrets/…` in a file given before this one.

\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
-- Passwords must not be written to the server's log when a statement fails or runs long.
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';

begin;

create extension if not exists btree_gist schema public;
create extension if not exists pg_trgm schema public;
create extension if not exists unaccent schema public;

revoke create on schema public from public;
select format('revoke connect, temporary on database %I from public', current_database()) \gexec

create temporary table ambula_service (name text primary key, password text not null) on commit drop;
insert into ambula_service values
  ('patient', :'password_patient'),
  ('scheduling', :'password_scheduling'),
  ('queue', :'password_queue'),
  ('consultation', :'password_consultation'),
  ('pharmacy', :'password_pharmacy'),
  ('notification', :'password_notification'),
  ('identity', :'password_identity');

select format('create role %I', 'ambula_' || name) from ambula_service
  where not exists (select from pg_roles where rolname = 'ambula_' || name)
  order by name \gexec

select format('alter role %I with login nosuperuser nocreatedb nocreaterole noinherit password %L',
              'ambula_' || name, password)
  from ambula_service order by name \gexec

select format('grant connect on database %I to %I', current_database(), 'ambula_' || name)
  from ambula_service order by name \gexec

select format('create schema if not exists %I authorization %I', name, 'ambula_' || name)
  from ambula_service order by name \gexec

-- Also after a restore, or when the schema was there before the role.
select format('alter schema %I owner to %I', name, 'ambula_' || name)
  from ambula_service order by name \gexec

select format('revoke all on schema %I from public', name)
  from ambula_service order by name \gexec

select format('alter role %I in database %I set search_path = %I, public',
              'ambula_' || name, current_database(), name)
  from ambula_service order by name \gexec

commit;
