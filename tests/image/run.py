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
import urllib.error
import urllib.request

import yaml

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
HARDENED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=all", "--security-opt=no-new-privileges", "--user=65532:65532", "--pids-limit=200")
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


def check_reproducible(binaries: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archives = []
        for number in ("1", "2"):
            run("bash", str(ROOT / "cmake/image_root.sh"), str(binaries), f"{folder}/{number}", VERSION)
            archives.append(run("bash", "-c", f"cd {folder}/{number} && tar --sort=name --numeric-owner -c . | sha256sum").split()[0])
            shutil.rmtree(f"{folder}/{number}")
        check("made twice from the same binaries, it is the same to the byte, time stamps too", archives[0] == archives[1], archives[0][:16])


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
        said = podman("run", "--rm", *HARDENED, "--network=none", IMAGE, f"ambula-{name}", "--version")
        check(f"ambula-{name} starts on a read-only root without rights", said.startswith(f"ambula-{name} "), said.strip())
    shell = subprocess.run(["podman", "run", "--rm", *HARDENED, "--network=none", IMAGE, "sh", "-c", "true"], capture_output=True)
    check("no shell", shell.returncode != 0)
    with tempfile.TemporaryDirectory() as folder:
        container = podman("create", IMAGE).strip()
        podman("cp", f"{container}:/usr/share/doc/ambula/sbom.spdx.json", f"{folder}/sbom.json")
        podman("rm", container)
        packages = {each["name"] for each in json.loads(pathlib.Path(folder, "sbom.json").read_text())["packages"]}
    check("the list of parts names what is linked", {"ambula", "libc6", "librdkafka1", "tzdata"} <= packages, f"{len(packages)} packages")


def compose_services() -> dict[str, dict]:
    """What docker-compose.yml says of our processes, with its defaults filled in."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (ROOT / "docker-compose.yml").read_text())
    return {name: service for name, service in yaml.safe_load(text)["services"].items() if name in PROCESSES}


def ask(url: str, body: dict | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def check_system() -> None:
    """All seven as docker-compose.yml has them (settings, rights, memory, secrets as files) against a real PostgreSQL, Kafka and mail catcher
    on this host, whose network they share: images of others cannot be pulled here."""
    folder = ROOT / ".run/image"
    stack = [sys.executable, str(ROOT / "cmake/dev/stack.py"), "--run-dir", str(folder)]
    run(*stack, "up", "--infra", "--throwaway", "--free-ports")
    containers: dict[str, str] = {}
    try:
        env = dict(re.findall(r"^(\w+)='?([^'\n]*)'?$", (folder / "env").read_text(), re.M))
        passwords = json.loads((folder / "keys/passwords.json").read_text())
        port = {name: 28080 + number for number, name in enumerate(PROCESSES)}
        with tempfile.TemporaryDirectory() as made:
            os.chmod(made, 0o755)
            podman("run", "--rm", *HARDENED, "--network=none", f"--volume={made}:/made", "--user=0:0", IMAGE, "ambula-gateway", "make-secrets", "/made", "db:5432")
            for name, service in compose_services().items():
                role = "identity" if name == "gateway" else name
                # The roles are those of the infrastructure that ./dev made.
                pathlib.Path(made, name, "db-url").write_text(re.sub(r"//postgres:[^@]*@", f"//ambula_{role}:{passwords[role]}@", env["AMBULA_PG_URL"]))
                settings = service["environment"] | {
                    "AMBULA_KAFKA_BROKERS": env["AMBULA_KAFKA_BROKERS"], "AMBULA_KAFKA_PARTITIONS": "3", "AMBULA_HTTP_ADDRESS": "127.0.0.1",
                    "AMBULA_ADMIN_ADDRESS": "127.0.0.1", "AMBULA_HTTP_PORT": port[name], "AMBULA_ADMIN_PORT": port[name] + 100}
                settings |= {key: f"http://127.0.0.1:{port[key.removeprefix('AMBULA_UPSTREAM_').lower()]}" for key in settings if key.startswith("AMBULA_UPSTREAM_")}
                if "AMBULA_SMTP_URL" in settings:
                    settings["AMBULA_SMTP_URL"] = env["AMBULA_SMTP_URL"]
                assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["tmpfs"] == ["/tmp"]
                containers[name] = podman(
                    "run", "--detach", *HARDENED, "--network=host", f"--volume={made}/{name}:/run/secrets/ambula:ro",
                    f"--memory={service['deploy']['resources']['limits']['memory'].lower()}", *(f"--env={key}={value}" for key, value in settings.items()),
                    IMAGE, *service["command"]).strip()
            begun = time.monotonic()
            for name, container in containers.items():
                while subprocess.run(["podman", "exec", container, f"ambula-{name}", "healthcheck"], capture_output=True).returncode != 0:
                    if time.monotonic() - begun > READY_WITHIN_S:
                        print(podman("logs", container)[-2000:])
                        check(f"{name} becomes ready in its container", False)
                    time.sleep(0.5)  # paced: the container is asked as its health check would
            check("all seven become ready in their containers, by their own health checks", True, f"{time.monotonic() - begun:.1f} s")
            gateway = f"http://127.0.0.1:{port['gateway']}"
            password = pathlib.Path(made, "demo/demo-password").read_text().strip()
            status, said = ask(f"{gateway}/v1/auth/sign-in", {"login": "admin", "password": password})
            check("the administrator signs in", status == 200 and "access_token" in json.loads(said), status)
            check("the console is served", "<!doctype html>" in ask(f"{gateway}/")[1].lower())
            used = {name: int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path("/proc", podman("inspect", "--format", "{{.State.Pid}}", container).strip(), "status").read_text())[1]) // 1024
                    for name, container in containers.items()}
            check("each is far below its memory limit", max(used.values()) < 128, ", ".join(f"{name} {mib} MiB" for name, mib in used.items()))
            podman("kill", "--signal=TERM", *containers.values())
            ended = {name: podman("wait", container).strip() for name, container in containers.items()}
            check("they drain and end well", set(ended.values()) == {"0"}, ended)
    finally:
        for container in containers.values():
            subprocess.run(["podman", "rm", "--force", "--time=0", container], capture_output=True)
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
            check_reproducible(arguments.binaries.resolve())
            build_from(arguments.binaries.resolve())
        else:
            build_all(arguments.network)
        check_image()
        check_system()
    print("The image is built and runs.")


if __name__ == "__main__":
    main()
