#!/usr/bin/env python3
"""Builds the image and runs it, where podman and buildah are [OPS-2]:  tests/image/run.py [--binaries FOLDER]

Without `--binaries` the whole Dockerfile is built (half an hour of a core). With it, the binaries of that folder take the place of the
compiling stage, and everything after it is as in the Dockerfile. Nothing is pulled: the base is made by mmdebstrap. README.md tells what was seen.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE, IMAGE, VERSION = "localhost/ambula-base:12", "localhost/ambula:test", "0.0.0-test"
SIZE_MAX = 120 * 1000 * 1000
PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
# A container without a service manager of the host, and with the limits that the host itself has.
CONTAINERS = """[containers]
default_ulimits = ["nofile=16384:16384", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""
HARDENED = ("--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=all", "--security-opt=no-new-privileges", "--user=65532:65532", "--pids-limit=200")
READY_WITHIN_S = 60


def run(*command: str, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"FAIL {' '.join(map(str, command))[:200]}\n{(done.stderr or done.stdout)[-3000:]}")
    return done.stdout


def podman(*arguments: str) -> str:
    return run("podman", *arguments)


def build_all(network: str) -> None:
    if subprocess.run(["podman", "image", "exists", BASE]).returncode != 0:
        with tempfile.TemporaryDirectory() as folder:
            archive = f"{folder}/base.tar"
            run("mmdebstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", archive)
            podman("import", archive, BASE)
    run("buildah", "bud", "--format=docker", "--isolation=chroot", f"--network={network}", f"--build-arg=DEBIAN={BASE}", f"--build-arg=VERSION={VERSION}", "-t", IMAGE, str(ROOT))


def build_from(binaries: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        run("bash", str(ROOT / "cmake/image_root.sh"), str(binaries), str(root), VERSION)
        console = binaries.parent / "console"
        if console.exists():
            shutil.copytree(console, root / "usr/share/ambula/console")
        last = (ROOT / "Dockerfile").read_text().split("\nFROM scratch\n")[1]
        own = pathlib.Path(folder) / "Containerfile"
        own.write_text("FROM scratch\n" + last.replace("COPY --from=build /image /", "COPY . /"))
        run("buildah", "bud", "--format=docker", "--isolation=chroot", f"--build-arg=VERSION={VERSION}", "-f", str(own), "-t", IMAGE, str(root))


def check(what: str, well: bool, seen="") -> None:
    print(f"  {'ok  ' if well else 'FAIL'} {what}{f': {seen}' if seen != '' else ''}", flush=True)
    if not well:
        raise SystemExit(1)


def check_image() -> None:
    about = json.loads(podman("image", "inspect", IMAGE))[0]
    check("at most 120 MB, uncompressed", about["Size"] <= SIZE_MAX, f"{about['Size'] / 1e6:.1f} MB")
    check("not root", about["Config"]["User"] == "65532:65532", about["Config"]["User"])
    labels = about["Config"]["Labels"]
    check("labels", labels["org.opencontainers.image.version"] == VERSION and labels["org.opencontainers.image.licenses"] == "Apache-2.0")
    check("a health check by the binary itself", "ambula-gateway" in json.dumps(about.get("Healthcheck") or ""))
    for name in PROCESSES:
        said = podman("run", *HARDENED, "--network=none", IMAGE, f"ambula-{name}", "--version")
        check(f"ambula-{name} starts on a read-only root without rights", said.startswith(f"ambula-{name} "), said.strip())
    shell = subprocess.run(["podman", "run", *HARDENED, "--network=none", IMAGE, "sh", "-c", "true"], capture_output=True)
    check("no shell", shell.returncode != 0)
    with tempfile.TemporaryDirectory() as folder:
        container = podman("create", IMAGE).strip()
        podman("cp", f"{container}:/usr/share/doc/ambula/sbom.spdx.json", f"{folder}/sbom.json")
        podman("rm", container)
        packages = {each["name"] for each in json.loads(pathlib.Path(folder, "sbom.json").read_text())["packages"]}
    check("the list of parts names what is linked", {"ambula", "libc6", "librdkafka1", "tzdata"} <= packages, f"{len(packages)} packages")


def check_process() -> None:
    """The image's patient service against a real PostgreSQL and Kafka."""
    folder = ROOT / ".run/image"
    stack = [sys.executable, str(ROOT / "cmake/dev/stack.py"), "--run-dir", str(folder)]
    run(*stack, "up", "--infra", "--only", "postgres,kafka", "--throwaway", "--free-ports")
    try:
        env = dict(re.findall(r"^(\w+)='?([^'\n]*)'?$", (folder / "env").read_text(), re.M))
        passwords = json.loads((folder / "keys/passwords.json").read_text())
        database = re.sub(r"//postgres:[^@]*@", f"//ambula_patient:{passwords['patient']}@", env["AMBULA_PG_URL"])
        with tempfile.TemporaryDirectory() as secrets:
            os.chmod(secrets, 0o755)
            (pathlib.Path(secrets) / "db-url").write_text(database)
            podman("run", *HARDENED, "--network=none", f"--volume={secrets}:/made", "--user=0:0", IMAGE, "ambula-gateway", "make-secrets", "/made", "db:5432")
            container = podman(
                "run", "--detach", *HARDENED, "--network=host", f"--volume={secrets}:/run/secrets/ambula:ro", "--memory=256m",
                "--env=AMBULA_DB_URL_FILE=/run/secrets/ambula/db-url", "--env=AMBULA_JWKS_FILE=/run/secrets/ambula/patient/jwks.json",
                f"--env=AMBULA_KAFKA_BROKERS={env['AMBULA_KAFKA_BROKERS']}", "--env=AMBULA_HTTP_ADDRESS=127.0.0.1", "--env=AMBULA_HTTP_PORT=28080",
                "--env=AMBULA_ADMIN_PORT=28090", IMAGE, "ambula-patient").strip()
            begun = time.monotonic()
            while subprocess.run(["podman", "exec", container, "ambula-patient", "healthcheck"], capture_output=True).returncode != 0:
                if time.monotonic() - begun > READY_WITHIN_S:
                    print(podman("logs", container)[-2000:])
                    check("the patient service becomes ready in its container", False)
                time.sleep(0.5)  # paced: the container is asked as its health check would
            check("the patient service becomes ready in its container, by its own health check", True, f"{time.monotonic() - begun:.1f} s")
            podman("kill", "--signal=TERM", container)
            check("it drains and ends well", podman("wait", container).strip() == "0")
    finally:
        run(*stack, "reset", "--quiet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", type=pathlib.Path)
    parser.add_argument("--network", default="host", help="of the build")
    arguments = parser.parse_args()
    missing = [name for name in ("podman", "buildah") if not shutil.which(name)]
    if missing:
        print(f"skipped: {', '.join(missing)} not here; on Debian: apt-get install podman buildah mmdebstrap runc catatonit")
        sys.exit(77)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(CONTAINERS)
        config.flush()
        os.environ["CONTAINERS_CONF"] = config.name
        if arguments.binaries:
            build_from(arguments.binaries.resolve())
        else:
            build_all(arguments.network)
        check_image()
        check_process()
    print("The image is built and runs.")


if __name__ == "__main__":
    main()
