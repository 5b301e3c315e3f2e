# shellcheck shell=bash
# Debian packages, by need. Only what is missing is installed, nothing is upgraded, nothing is asked.
# libphonenumber-dev is not here on purpose: it conflicts with libboost1.81-dev.

declare -A PACKAGES
PACKAGES[build]="g++ cmake ninja-build ccache mold pkg-config python3 python3-yaml
  libboost1.81-dev libpqxx-dev libpq-dev librdkafka-dev nlohmann-json3-dev prometheus-cpp-dev libfmt-dev libcli11-dev
  libtomlplusplus-dev libhowardhinnant-date-dev libssl-dev libargon2-dev libcjose-dev libjansson-dev libcurl4-openssl-dev libical-dev
  libcairo2-dev libpango1.0-dev libqrencode-dev libicu-dev libkainjow-mustache-dev libvalijson-dev
  libgtest-dev libgmock-dev librapidcheck-dev"
PACKAGES[run]="python3 openssl ca-certificates tzdata util-linux postgresql postgresql-contrib fonts-noto-core"
PACKAGES[test]="python3-venv poppler-utils curl jq chromium fonts-noto-core"
PACKAGES[check]="clang-format clang-tidy shellcheck git"
PACKAGES[coverage]="gcovr"
PACKAGES[bench]="wrk nginx-light"

java_is_new_enough() {
  local version
  command -v java >/dev/null || return 1
  version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  [[ ${version:-0} -ge 17 ]]
}

# Tools that a machine may have from elsewhere; a package only when there is none.
packages_instead_of_tools() {
  java_is_new_enough || echo openjdk-17-jre-headless
  # The downloads need them once; a start from filled folders does not.
  if [[ ! -d ${AMBULA_TOOLS_DIR:-$HOME/.cache/ambula/tools}/kafka-4.1.0 ]]; then
    command -v mvn >/dev/null || echo maven
  fi
  node_and_npm
}

# Debian's Node starts npm and the mail catcher; a newer one for the console comes by npm (cmake/dev/parts/node.py).
node_and_npm() {
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

missing_packages() {
  local wanted=() words group installed
  for group in "$@"; do
    read -r -d '' -a words <<<"${PACKAGES[$group]:-}" || true
    wanted+=("${words[@]}")
    [[ $group != build ]] || mapfile -t -O "${#wanted[@]}" wanted < <(node_and_npm)
    [[ $group != run ]] || mapfile -t -O "${#wanted[@]}" wanted < <(packages_instead_of_tools)
  done
  # A virtual or multi-arch name may come back several times; what counts is one line that says "installed".
  # dpkg-query fails when it does not know one of the names, which is what is asked here.
  installed=$({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true; } |
    sed -n 's/^installed //p')
  printf '%s\n' "${wanted[@]}" | sort -u | grep -vxF -f <(printf '%s\n' "$installed") || true
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is not Debian or Ubuntu. Needed here: a C++20 compiler, CMake 3.25, Ninja, PostgreSQL 15, Java 17, Node 18,"
    say "Python 3.11 and the libraries in cmake/dev/install.sh."
    die "or without any of them: docker compose up"
  fi
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 && -n ${missing[0]} ]] || return 0
  if [[ $(id -u) -ne 0 ]] && ! sudo -n true 2>/dev/null; then
    # A terminal may ask for the password once, here, where a person sees why.
    { [[ -t 0 ]] && command -v sudo >/dev/null && say "To install: ${missing[*]}" && sudo -v; } ||
      die "these packages are missing and need root: apt-get install ${missing[*]}"
  fi
  step "package lists" apt_get update
  trap 'stop_ticker; forget_no_main_cluster' EXIT
  no_main_cluster
  # An earlier installation cut off in the middle is finished first.
  [[ -z $(as_root dpkg --audit) ]] || step "finishing an interrupted installation" as_root dpkg --configure -a
  step "installing ${#missing[@]} packages: ${missing[*]}" apt_get install -y --no-install-recommends --no-upgrade "${missing[@]}"
  forget_no_main_cluster
  trap stop_ticker EXIT
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confold "$@"
}

# Debian's postgresql would make and start a cluster of its own on 5432, which nobody asked for.
CLUSTER_RULE=/etc/postgresql-common/createcluster.d/ambula-install.conf
no_main_cluster() {
  dpkg-query -W -f '${db:Status-Status}' postgresql-common 2>/dev/null | grep -qx installed && return 0
  as_root mkdir -p "${CLUSTER_RULE%/*}"
  echo "create_main_cluster = false" | as_root tee "$CLUSTER_RULE" >/dev/null
}
forget_no_main_cluster() { [[ ! -e $CLUSTER_RULE ]] || as_root rm -f "$CLUSTER_RULE"; }

# The tests' Python environment, rebuilt when the list of requirements changes.
ensure_venv() {
  local venv=$AMBULA_RUN_DIR/venv stamp
  stamp=$(sha256sum tests/requirements.txt | cut -d' ' -f1)
  [[ $(cat "$venv/.requirements" 2>/dev/null) != "$stamp" ]] || return 0
  make_run_dir
  rm -rf "$venv"
  step "Python environment for the tests" make_venv "$venv"
  echo "$stamp" >"$venv/.requirements"
}
make_venv() {
  python -m venv "$1" && "$1/bin/pip" install --disable-pip-version-check --quiet -r tests/requirements.txt
}

# Prometheus, Alertmanager and their tools: the packages are unpacked, not installed, because they would start servers.
ensure_promtool() {
  local tools=${AMBULA_TOOLS_DIR:-$HOME/.cache/ambula/tools}
  { command -v promtool >/dev/null && command -v amtool >/dev/null; } && return 0
  [[ -x $tools/prometheus/usr/bin/promtool && -x $tools/prometheus/usr/bin/amtool ]] && return 0
  step "promtool and amtool" unpack_promtool "$tools" || say "promtool could not be fetched; its checks will be skipped"
}
unpack_promtool() (
  set -e
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  apt-get download -q prometheus prometheus-alertmanager
  for package in *.deb; do dpkg-deb -x "$package" unpacked; done
  mkdir -p "$1"
  rm -rf "$1/prometheus"
  mv unpacked "$1/prometheus"
)

# Helm, for the tests of the chart: by Go when there is one that is new enough, else its tests say that they are skipped.
HELM=v3.18.6
ensure_helm() {
  local tools=${AMBULA_TOOLS_DIR:-$HOME/.cache/ambula/tools}
  { command -v helm >/dev/null || [[ -x $tools/helm/helm ]]; } && return 0
  if ! go_is_new_enough; then
    say "  skip helm: it is built by Go >= 1.24, which is not here; the chart's goldens are checked without it"
    return 0
  fi
  (step "helm $HELM (minutes)" build_helm "$tools/helm") || say "helm could not be built; its checks will be skipped"
}
build_helm() {
  mkdir -p "$1"
  GOBIN=$1 GOTOOLCHAIN=local nice -n 10 go install -trimpath "helm.sh/helm/v3/cmd/helm@$HELM"
}
go_is_new_enough() {
  local version
  command -v go >/dev/null || return 1
  version=$(GOTOOLCHAIN=local go env GOVERSION)
  [[ $version =~ ^go1\.([0-9]+) && ${BASH_REMATCH[1]} -ge 24 ]]
}
