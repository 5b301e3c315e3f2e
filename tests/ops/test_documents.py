"""What docs/operations says of the system is what the system says of itself [OPS-3]."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs/operations"
BINARIES = pathlib.Path(os.environ.get("AMBULA_BUILD_DIR", ROOT / "build/release")) / "bin"


@pytest.fixture(autouse=True)
def built():
    if not (BINARIES / "ambula-gateway").exists():
        pytest.skip("nothing is built; ./dev build")


def said(*command: str) -> str:
    return subprocess.run([BINARIES / command[0], *command[1:]], capture_output=True, text=True).stdout


def test_the_table_of_settings_is_what_the_binaries_say():
    done = subprocess.run([sys.executable, str(ROOT / "cmake/make_configure.py"), "--check", str(BINARIES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_setting_and_subcommand_in_the_pages_exists():
    settings = set(re.findall(r"AMBULA_[A-Z_]+", (OPERATIONS / "configure.md").read_text()))
    # Of the scripts and of docker-compose.yml, not of the binaries.
    settings |= set(re.findall(r"AMBULA_[A-Z_]+", "".join(file.read_text() for file in [ROOT / "docker-compose.yml", *(ROOT / "helm/ambula/backup").iterdir()])))
    subcommands = set(re.findall(r"^  ([a-z-]+)\b", said("ambula-gateway", "--help"), re.M)) | set(re.findall(r"^  ([a-z-]+)\b", said("ambula-queue", "--help"), re.M))
    assert {"serve", "migrate", "healthcheck", "jwks"} <= subcommands
    for page in OPERATIONS.rglob("*.md"):
        text = page.read_text()
        for name in re.findall(r"AMBULA_[A-Z_]+[A-Z]", text):
            assert name in settings or name.removesuffix("_FILE") in settings or any(each.startswith(name) for each in settings), (page.name, name)
        for name in re.findall(r"`?ambula-(?:gateway|<service>|queue) ([a-z][a-z-]+)", text):
            assert name in subcommands, (page.name, name)


def test_every_value_in_the_pages_is_one_of_the_chart():
    table = set(re.findall(r"^\| `([\w.]+)` \|", (ROOT / "helm/ambula/README.md").read_text(), re.M))
    parts = table | {path.rsplit(".", count)[0] for path in table for count in range(1, path.count(".") + 1)}
    asked = 0
    for page in OPERATIONS.rglob("*.md"):
        for path in re.findall(r"`((?:secrets|tls|kafka|postgres|smtp|backup|metrics|networkPolicy|ingress|gatewayApi)\.[\w.]+)`", page.read_text()):
            if not path.endswith((".md", ".sh", ".sql", ".yaml")):
                asked += 1
                assert path in parts, (page.name, path)
    assert asked > 5
