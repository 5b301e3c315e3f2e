#!/usr/bin/env bash
# The installation that the end-to-end tests share: fresh data, free ports, no rate limits.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dir=${AMBULA_RUN_DIR:-.run}/e2e
stack() { python3 cmake/dev/stack.py --run-dir "$dir" "$@"; }
case ${1:?up or down} in
  up)
    stack reset --quiet
    stack up --throwaway --free-ports
    ;;
  down)
    stack down
    # What a sanitizer tells, some of it only when a process ends.
    if grep -E '^[^{].*(runtime error:|ERROR: [A-Za-z]+Sanitizer)' "$dir"/log/*.log; then exit 1; fi
    ;;
esac
