#!/usr/bin/env bash
# ./dev cluster: the chart on a real Kubernetes control plane with simulated nodes. Builds what it needs once, which takes minutes:
# Kubernetes' own commands (cmake/dev/kubernetes) and kwok by Go, etcd from Debian, helm.
# --if-built: exit 77, "skipped" for ctest, instead of building.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
AMBULA_RUN_DIR=$(realpath -m "${AMBULA_RUN_DIR:-.run}")
export AMBULA_RUN_DIR
# shellcheck source=cmake/dev/common.sh
source cmake/dev/common.sh
# shellcheck source=cmake/dev/install.sh
source cmake/dev/install.sh

KUBERNETES=1.34.1 KWOK=v0.7.0
TOOLS=${AMBULA_TOOLS_DIR:-$HOME/.cache/ambula/tools}
CLUSTER_TOOLS=$TOOLS/kubernetes-$KUBERNETES

build_kubernetes() (
  local version=k8s.io/component-base/version client=k8s.io/client-go/pkg/version flags
  flags="-s -w -X $version.gitVersion=v$KUBERNETES -X $client.gitVersion=v$KUBERNETES"
  flags+=" -X $version.gitMajor=1 -X $version.gitMinor=34 -X $client.gitMajor=1 -X $client.gitMinor=34"
  cd cmake/dev/kubernetes
  mkdir -p "$CLUSTER_TOOLS"
  for command in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
    CGO_ENABLED=0 GOTOOLCHAIN=local nice -n 15 go build -trimpath -ldflags "$flags" -o "$CLUSTER_TOOLS/$command.part" "k8s.io/kubernetes/cmd/$command"
    mv "$CLUSTER_TOOLS/$command.part" "$CLUSTER_TOOLS/$command"
  done
)

build_kwok() { GOBIN=$CLUSTER_TOOLS GOTOOLCHAIN=local nice -n 15 go install -trimpath "sigs.k8s.io/kwok/cmd/kwok@$KWOK"; }

unpack_etcd() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  apt-get download -q etcd-server
  dpkg-deb -x etcd-server_*.deb unpacked
  mkdir -p "$CLUSTER_TOOLS"
  cp unpacked/usr/bin/etcd "$CLUSTER_TOOLS/"
)

if [[ ${1:-} == --if-built ]]; then
  shift
  for tool in kube-apiserver kube-controller-manager kube-scheduler kubectl kwok etcd; do
    [[ -x $CLUSTER_TOOLS/$tool ]] || { say "skipped: $tool is not there yet; ./dev cluster builds it" && exit 77; }
  done
  command -v helm >/dev/null || [[ -x $TOOLS/helm/helm ]] || { say "skipped: no helm" && exit 77; }
fi
ensure_helm
if [[ ! -x $CLUSTER_TOOLS/kubectl || ! -x $CLUSTER_TOOLS/kwok ]]; then
  go_is_new_enough || die "Kubernetes is built by Go >= 1.24, which is not here"
  [[ -x $CLUSTER_TOOLS/kubectl ]] || step "Kubernetes $KUBERNETES (ten minutes of a core, once)" build_kubernetes
  [[ -x $CLUSTER_TOOLS/kwok ]] || step "kwok $KWOK" build_kwok
fi
[[ -x $CLUSTER_TOOLS/etcd ]] || step "etcd" unpack_etcd
make_run_dir
exec env PATH="$CLUSTER_TOOLS:$TOOLS/helm:$PATH" python3 cmake/dev/cluster.py "$AMBULA_RUN_DIR/cluster" "$@"
