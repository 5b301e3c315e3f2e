# shellcheck shell=bash
# Every test through ctest, against a throw-away PostgreSQL and Kafka of its own.

TEST_INFRA=$AMBULA_RUN_DIR/test
# The full stack of the end-to-end tests, started by ctest's fixture.
TEST_STACK=$AMBULA_RUN_DIR/e2e

infra() { python cmake/dev/stack.py --run-dir "$TEST_INFRA" "$@"; }

test_command() {
  local preset=release arguments=() targets=() argument status=0
  for argument in "$@"; do
    case $argument in
      --asan) preset=asan ;;
      --tsan) preset=tsan ;;
      --coverage) preset=coverage ;;
      *) arguments+=("$argument") ;;
    esac
  done
  install_packages build run test
  [[ $preset != coverage ]] || install_packages coverage
  hold_test_lock
  ensure_venv
  ensure_promtool
  ensure_helm
  [[ $preset != tsan ]] || mapfile -t targets < <(tests_of_libs)
  build_preset "$preset" "${targets[@]}"
  [[ $preset != coverage ]] || find build/coverage -name '*.gcda' -delete
  trap 'stop_ticker; stop_test_servers' EXIT
  start_test_servers
  run_ctest "$preset" "${arguments[@]}" || status=$?
  # Quietly: ctest's summary is the last thing that stands on the screen.
  stop_test_servers
  [[ $preset != coverage ]] || report_coverage || status=1
  exit "$status"
}

# The thread sanitizer is for the libraries: all threads and locks are theirs.
tests_of_libs() { find libs -name '*_test.cpp' -printf '%h_test\n' | sed 's|^libs/||' | sort -u; }

run_ctest() {
  local preset=$1 selection=()
  shift
  # Faults and load take long and have commands of their own.
  [[ " $* " =~ \ (-L|-LE|--label) || $preset == tsan ]] || selection=(-LE '^(chaos|load)$')
  [[ $preset != tsan ]] || selection=(-L '^libs$')
  ctest --test-dir "build/$preset" --output-on-failure -j "${AMBULA_TEST_JOBS:-2}" "${selection[@]}" "$@"
}

# Lines of our own code that some test ran; never less than cmake/dev/coverage_floor says.
report_coverage() {
  local floor
  floor=$(<cmake/dev/coverage_floor)
  mkdir -p "$AMBULA_RUN_DIR/coverage"
  gcovr --root . --object-directory build/coverage --filter 'libs/' --filter 'services/' --filter 'gateway/' \
    --exclude '.*_test\.[ch]pp' --exclude 'libs/testing/' --html-details "$AMBULA_RUN_DIR/coverage/index.html" \
    --print-summary --fail-under-line "$floor" -j "$(jobs)" build/coverage ||
    { say "coverage of lines is below $floor % (cmake/dev/coverage_floor)" && return 1; }
  say "by file: $AMBULA_RUN_DIR/coverage/index.html"
}

hold_test_lock() {
  make_run_dir
  exec 9>"$AMBULA_RUN_DIR/test.lock"
  flock -n 9 || die "another ./dev test is running in this checkout"
}

start_test_servers() {
  local own
  infra reset --quiet >/dev/null
  if [[ -n ${AMBULA_TEST_PG_URL:-} && -n ${AMBULA_TEST_KAFKA_BROKERS:-} ]]; then
    return 0
  fi
  infra up --infra --only postgres,kafka --no-database --throwaway --free-ports
  # shellcheck source=/dev/null
  own=$(. "$TEST_INFRA/env" && echo "$AMBULA_PG_URL $AMBULA_KAFKA_BROKERS")
  # The tests make databases of their own beside this one, which always exists.
  export AMBULA_TEST_PG_URL=${AMBULA_TEST_PG_URL:-${own%/ambula *}/postgres}
  export AMBULA_TEST_KAFKA_BROKERS=${AMBULA_TEST_KAFKA_BROKERS:-${own##* }}
}

stop_test_servers() {
  local dir
  for dir in "$TEST_INFRA" "$TEST_STACK"; do
    [[ ! -e $dir ]] || python cmake/dev/stack.py --run-dir "$dir" down --quiet >/dev/null
  done
}

stop_leftovers_of_tests() {
  [[ -e $TEST_INFRA || -e $TEST_STACK ]] || return 0
  (
    flock -n 9 || exit 0
    stop_test_servers
  ) 9>"$AMBULA_RUN_DIR/test.lock"
}
