#!/usr/bin/env bash
# The installation that the end-to-end tests share: fresh data, free ports, no rate limits.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
stack() { python3 cmake/dev/stack.py --run-dir "${AMBULA_RUN_DIR:-.run}/e2e" "$@"; }
case ${1:?up or down} in
  up)
    stack reset --quiet
    stack up --throwaway --free-ports
    ;;
  down) stack down ;;
esac
