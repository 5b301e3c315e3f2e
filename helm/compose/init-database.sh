#!/bin/bash
# First start of the compose file's PostgreSQL: roles, schemas and extensions, with the passwords that `make-secrets` made.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -d ambula -f /run/secrets/ambula/passwords.sql -f /bootstrap/bootstrap.sql
