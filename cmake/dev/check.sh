# shellcheck shell=bash
# What a reviewer should not have to look for.

cpp_files() { find libs services gateway tests \( -name '*.cpp' -o -name '*.hpp' \) -not -path '*/node_modules/*' | sort; }
shell_files() { printf '%s\n' dev .ci/run && find cmake tests .ci -name '*.sh' | sort; }

fmt_command() {
  install_packages check
  cpp_files | xargs -r clang-format -i
}

tidy_command() {
  local file status=0
  compgen -G 'tests/tidy/test_*.py' >/dev/null || { say "there are no tests in tests/tidy yet" && return 0; }
  for file in tests/tidy/test_*.py; do
    python tests/support/run_plain.py "$file" || status=1
  done
  return "$status"
}

check_command() {
  local failed=() name steps="format lint shell secrets dependencies tidy"
  [[ ${1:-} != --all ]] || steps+=" coverage"
  install_packages check
  for name in $steps; do
    if "check_$name" "$@"; then
      say "  ok   $name"
    else
      say "  FAIL $name"
      failed+=("$name")
    fi
  done
  [[ ${#failed[@]} -eq 0 ]] || die "not clean: ${failed[*]}"
}

check_format() { cpp_files | xargs -r clang-format --dry-run --Werror; }
check_shell() { shell_files | xargs shellcheck -x; }
check_secrets() { python cmake/dev/find_secrets.py; }
check_dependencies() { python cmake/dev/dependencies.py; }
check_tidy() { tidy_command; }
# Every test once more, in a build that counts: with --all only.
check_coverage() { ./dev test --coverage; }

# Changed files only, unless --all: clang-tidy takes seconds for each.
check_lint() {
  local files
  if [[ ${1:-} == --all ]]; then
    mapfile -t files < <(cpp_files | grep '\.cpp$' | grep -v '_test\.cpp$')
  else
    mapfile -t files < <(changed_files | grep -E '^(libs|services|gateway)/.*\.cpp$' | grep -v '_test\.cpp$')
  fi
  [[ ${#files[@]} -gt 0 ]] || return 0
  # Each file by itself, with the headers that it includes itself.
  cmake --preset dev -B build/lint -DAMBULA_UNITY=OFF -DAMBULA_PRECOMPILED=OFF >/dev/null
  ninja -C build/lint --quiet generated_headers
  # The build's options are g++'s.
  printf '%s\n' "${files[@]}" |
    xargs -r -n 1 -P "$(jobs)" clang-tidy -p build/lint --quiet --warnings-as-errors='*' --extra-arg=-Wno-unused-command-line-argument
}

# Against the main branch when there is one, and everything not committed yet.
changed_files() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse -q --verify HEAD || true)
  { [[ -z $base ]] || git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } | sort -u
}
