#!/usr/bin/env bash
# backup.sh FOLDER: one dump of the whole database, checked, then the old ones are deleted; never the last.
# The URL is of a role that may read everything: GRANT pg_read_all_data TO ….
#   AMBULA_BACKUP_URL or AMBULA_BACKUP_URL_FILE   AMBULA_BACKUP_KEEP_DAYS (14)
set -euo pipefail
folder=${1:?backup.sh FOLDER}
url=${AMBULA_BACKUP_URL:-$(cat "${AMBULA_BACKUP_URL_FILE:?AMBULA_BACKUP_URL or AMBULA_BACKUP_URL_FILE is needed}")}
# A password in an argument would stand in the list of processes.
if [[ $url =~ ^(postgres(ql)?://[^:/@]+):([^@]*)@(.*)$ ]]; then
  PGPASSWORD=$(printf '%b' "${BASH_REMATCH[3]//%/\\x}")
  export PGPASSWORD
  url=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
fi

name=ambula-$(date -u +%Y%m%dT%H%M%SZ).dump
part=$folder/.$name.part
trap 'rm -f "$part"' EXIT
pg_dump --dbname="$url" --format=custom --lock-wait-timeout=60s --file="$part"
tables=$(pg_restore --list "$part" | grep -c ' TABLE DATA ')
[[ $tables -gt 0 ]] || { echo "the dump holds no table" >&2 && exit 1; }
sync "$part"
mv "$part" "$folder/$name"

kept=${AMBULA_BACKUP_KEEP_DAYS:-14}
find "$folder" -maxdepth 1 -name 'ambula-*.dump' ! -name "$name" -mtime "+$((kept - 1))" -delete
echo "$folder/$name: $tables tables, $(stat -c %s "$folder/$name") bytes"
