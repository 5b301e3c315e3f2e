#!/usr/bin/env bash
# restore.sh DUMP: fills a new database, that bootstrap.sql has prepared and no process uses yet, with a dump of backup.sh, and makes it
# ready for new topics (after_restore.sql beside this file).
#   AMBULA_RESTORE_URL or AMBULA_RESTORE_URL_FILE: a superuser's URL of that database
set -euo pipefail
dump=${1:?restore.sh DUMP}
here=$(dirname "${BASH_SOURCE[0]}")
url=${AMBULA_RESTORE_URL:-$(cat "${AMBULA_RESTORE_URL_FILE:?AMBULA_RESTORE_URL or AMBULA_RESTORE_URL_FILE is needed}")}
if [[ $url =~ ^(postgres(ql)?://[^:/@]+):([^@]*)@(.*)$ ]]; then
  PGPASSWORD=$(printf '%b' "${BASH_REMATCH[3]//%/\\x}")
  export PGPASSWORD
  url=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
fi
ask() { psql --dbname="$url" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

[[ $(ask --command "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ambula\_%'") -ge 7 ]] ||
  { echo "the roles are not there: run bootstrap.sql on this database first" >&2 && exit 1; }
[[ $(ask --command "SELECT count(*) FROM pg_stat_user_tables WHERE schemaname <> 'public'") -eq 0 ]] ||
  { echo "this database has tables: restore into a new one" >&2 && exit 1; }

# In one transaction: all of it, or nothing.
pg_restore --dbname="$url" --single-transaction --clean --if-exists "$dump"
ask --file "$here/after_restore.sql"
ask --command "ANALYZE"
echo "restored $dump"
