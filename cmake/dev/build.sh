# shellcheck shell=bash
# Configuring and building with the presets of CMakePresets.json.

jobs() { echo "${AMBULA_JOBS:-$(nproc)}"; }

configure_preset() {
  local preset=$1
  grep -q "\"name\": \"$preset\"" CMakePresets.json || die "no such preset: $preset; there are dev, release, asan, tsan, coverage"
  # Ninja configures again by itself when a CMakeLists.txt or a folder changes.
  [[ -f build/$preset/build.ninja ]] || step "configuring preset $preset" cmake --preset "$preset"
}

# build_preset <preset> [targets…]: ninja's own progress, silent when there is nothing to do.
build_preset() {
  local preset=$1 begun=$SECONDS
  shift
  configure_preset "$preset"
  if ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    return 0
  fi
  say "  … building preset $preset"
  NINJA_STATUS='  [%f/%t, %es] ' ninja -C "build/$preset" -j "$(jobs)" "$@" || die "the build failed"
  say "  ok   built preset $preset ($((SECONDS - begun)) s)"
}

# build_previous <commit>: the processes of another release, which tests/chaos/test_side_by_side.py runs beside this one's.
build_previous() {
  local commit dir mains
  commit=$(git rev-parse --verify --quiet "$1^{commit}") || die "no such commit: $1"
  dir=$AMBULA_RUN_DIR/previous/$commit
  mkdir -p "$dir"
  git archive "$commit" | tar -x -C "$dir"
  mains=("$dir"/gateway/main.cpp "$dir"/services/*/main.cpp)
  mains=("${mains[@]%/main.cpp}")
  (cd "$dir" && AMBULA_RUN_DIR=$dir/.run ./dev build "${mains[@]/#*\//ambula-}") || die "$1 could not be built"
  export AMBULA_PREVIOUS_BIN=$dir/build/release/bin
}

build_command() {
  local preset=release times=no targets=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --preset) preset=${2:?which preset?} && shift 2 ;;
      --preset=*) preset=${1#*=} && shift ;;
      --times) times=yes && shift ;;
      -*) die "build knows --preset and --times, not $1" ;;
      *) targets+=("$1") && shift ;;
    esac
  done
  install_packages build
  if [[ $times == yes ]]; then
    build_times "$preset"
  else
    build_preset "$preset" "${targets[@]}"
  fi
}

# A cold build, and the edit of one handler in the preset for writing code, both without ccache and in folders of their own.
build_times() {
  local preset=$1 handler service
  rm -rf build/times build/times-dev
  export CCACHE_DISABLE=1
  step "configuring $preset" cmake --preset "$preset" -B build/times
  step "configuring dev" cmake --preset dev -B build/times-dev
  say "cold build of everything, no cache, $(jobs) jobs: $(timed_ninja build/times) (bar: 6 minutes on two cores)"
  handler=$(find services/*/api -name '*.cpp' ! -name '*_test.cpp' ! -name codec.cpp | sort | head -n 1)
  service=$(cut -d/ -f2 <<<"$handler")
  timed_ninja build/times-dev "ambula-$service" >/dev/null
  touch "$handler"
  say "after editing $handler, ambula-$service again: $(timed_ninja build/times-dev "ambula-$service") (bar: 8 s)"
}

# timed_ninja <folder> [targets…]: says how long it took, its progress goes to stderr.
timed_ninja() {
  local dir=$1 begun taken
  shift
  begun=$(date +%s%N)
  NINJA_STATUS='  [%f/%t, %es] ' ninja -C "$dir" -j "$(jobs)" "$@" >&2 || die "the build failed"
  taken=$((($(date +%s%N) - begun) / 1000000))
  printf '%d.%01d s' $((taken / 1000)) $((taken % 1000 / 100))
}
