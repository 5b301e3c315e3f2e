# shellcheck shell=bash
# What every part of ./dev uses: saying things, long steps with progress, the Python half.

say() { printf '%s\n' "$*"; }
die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

# The system's Python when there is one: shims of version managers cost a tenth of a second each call.
python() {
  local found=python3
  [[ ! -x /usr/bin/python3 ]] || found=/usr/bin/python3
  "$found" "$@"
}

stack() { python cmake/dev/stack.py --run-dir "$AMBULA_RUN_DIR" "$@"; }

TICKER=
stop_ticker() {
  [[ -n $TICKER ]] || return 0
  kill "$TICKER" 2>/dev/null || true
  wait "$TICKER" 2>/dev/null || true
  TICKER=
  [[ ! -t 1 ]] || printf '\r\033[K'
}

# ticker <what> <log> <of which pid>: says how long the step takes, with the last line of its log on a terminal.
ticker() {
  local what=$1 log=$2 owner=$3 begun=$SECONDS last
  while [[ -d /proc/$owner ]]; do
    if [[ -t 1 ]]; then
      last=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -cd '[:print:]' | cut -c1-60)
      printf '\r\033[K  … %s (%d s) %s' "$what" $((SECONDS - begun)) "$last"
      sleep 0.5
    else
      sleep 10
      printf '  … %s (%d s)\n' "$what" $((SECONDS - begun))
    fi
  done
}

# step <what> <command…>: runs it with its output in .run/log/install.log, shows that output when it fails.
step() {
  local what=$1 log=$AMBULA_RUN_DIR/log/install.log begun=$SECONDS status=0
  shift
  make_run_dir
  [[ -t 1 ]] || say "  … $what"
  printf '\n== %s\n' "$what" >>"$log"
  ticker "$what" "$log" $$ &
  TICKER=$!
  # In the foreground, so that Ctrl-C reaches it as a person expects.
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  if [[ $status -ne 0 ]]; then
    tail -n 20 "$log" | sed 's/^/  | /' >&2
    die "$what failed (status $status); all of it is in $log"
  fi
  say "  ok   $what ($((SECONDS - begun)) s)"
}
trap stop_ticker EXIT
trap 'stop_ticker; exit 130' INT
trap 'stop_ticker; exit 143' TERM HUP

# The marker says that the folder is ours, which `reset` asks for before it wipes.
make_run_dir() {
  mkdir -p "$AMBULA_RUN_DIR/log"
  touch "$AMBULA_RUN_DIR/.ambula-run"
}
