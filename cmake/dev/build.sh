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

# A cold build and the edit of one handler, both without ccache, in a folder of their own.
build_times() {
  local preset=$1 dir=build/times begun cold edit handler service
  rm -rf "$dir"
  export CCACHE_DISABLE=1
  step "configuring" cmake --preset "$preset" -B "$dir"
  begun=$(date +%s%N)
  NINJA_STATUS='  [%f/%t, %es] ' ninja -C "$dir" -j "$(jobs)" || die "the build failed"
  cold=$((($(date +%s%N) - begun) / 1000000))
  handler=$(find services/*/api -name '*.cpp' ! -name '*_test.cpp' ! -name codec.cpp 2>/dev/null | sort | head -n 1)
  say "cold build of everything, no cache, $(jobs) jobs: $(seconds "$cold") (bar: 6 minutes on two cores)"
  [[ -n $handler ]] || { say "no handler to edit yet under services/*/api" && return 0; }
  service=$(cut -d/ -f2 <<<"$handler")
  touch "$handler"
  begun=$(date +%s%N)
  ninja -C "$dir" --quiet "ambula-$service" || die "the build failed"
  edit=$((($(date +%s%N) - begun) / 1000000))
  say "after editing $handler, ambula-$service again: $(seconds "$edit") (bar: 8 s)"
}
seconds() { printf '%d.%01d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }
