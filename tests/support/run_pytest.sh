#!/usr/bin/env bash
# One file of black-box tests, in the environment that `./dev test` made. 77 is "skipped" for ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python=${AMBULA_RUN_DIR:-.run}/venv/bin/python
if [[ ! -x $python ]]; then
  echo "no Python environment for the tests yet; ./dev test makes it" >&2
  exit 77
fi
exec "$python" -m pytest -q "$@"
