"""Parts that no Debian package brings: Kafka's jars by Maven, the mail catcher by npm. Kept outside the checkout,
so that several checkouts share them."""

import os
import pathlib
import shutil
import subprocess
import time

from . import progress
from .settings import Failure, Settings

HERE = pathlib.Path(__file__).resolve().parents[1]
KAFKA_VERSION = "4.1.0"
MAILDEV_VERSION = "2.2.1"


def kafka_jars(settings: Settings) -> pathlib.Path:
    target = settings.tools_dir / f"kafka-{KAFKA_VERSION}"
    pom = HERE / "kafka" / "pom.xml"

    def command(folder: pathlib.Path) -> list[str]:
        shutil.copy(pom, folder / "pom.xml")
        # Maven writes `target` beside the pom, hence the copy.
        return ["mvn", "-B", "-q", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies",
                f"-DoutputDirectory={folder}/lib"]

    install(settings, target, f"Apache Kafka {KAFKA_VERSION} (Maven, about 45 MB)", command)
    return target / "lib"


def maildev(settings: Settings) -> pathlib.Path:
    target = settings.tools_dir / f"maildev-{MAILDEV_VERSION}"

    def command(folder: pathlib.Path) -> list[str]:
        return ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--omit=dev",
                "--loglevel=error", f"maildev@{MAILDEV_VERSION}"]

    install(settings, target, f"maildev {MAILDEV_VERSION} (npm, about 40 MB)", command)
    return target / "node_modules/maildev/bin/maildev"


def install(settings: Settings, target: pathlib.Path, what: str, command, env: dict[str, str] | None = None) -> None:
    """Downloads beside the target and renames at the end: what exists under the final name is complete."""
    if target.is_dir():
        return
    settings.tools_dir.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    log = settings.log("install")
    log.parent.mkdir(parents=True, exist_ok=True)
    with progress.Step(f"downloading {what}") as step, open(log, "ab") as out:
        child = subprocess.Popen(command(partial), stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        try:
            while child.poll() is None:
                step.tick(f"{_megabytes(partial)} MB so far")
                time.sleep(0.5)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if child.returncode != 0:
            raise Failure(f"could not download {what}", log)
        try:
            partial.rename(target)
        except OSError:  # Another checkout was faster; one is as good as the other.
            if not target.is_dir():
                raise
            shutil.rmtree(partial, ignore_errors=True)
        step.result(f"{_megabytes(target)} MB")


def _megabytes(folder: pathlib.Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:  # Renamed by the downloader between listing and looking.
            continue
    return total // 1_000_000
