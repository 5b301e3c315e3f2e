"""./dev check and continuous integration can say no [OPS-7]."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = (ROOT / "cmake/dev/check.sh").read_text()


@pytest.fixture
def checkout(tmp_path):
    """A repository of its own with the scripts, to plant faults in."""
    shutil.copytree(ROOT / "cmake/dev", tmp_path / "cmake/dev")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def run(checkout: pathlib.Path, script: str):
    subprocess.run(["git", "-C", checkout, "add", "--all"], check=True)
    return subprocess.run([sys.executable, checkout / "cmake/dev" / script], capture_output=True, text=True)


@pytest.mark.parametrize("line", [
    "-----BEGIN EC " + "PRIVATE KEY-----",
    "key = AKIA" + "IOSFODNN7ABCDEFG",
    "url = postgresql://ambula:" + "a1b2c3d4e5f6" + "@db/ambula",
    'api_key = "' + "Zm9vYmFyYmF6cXV4Zm9vYmFy" + '"',
])
def test_a_planted_secret_is_found_and_not_printed(checkout, line):
    assert run(checkout, "find_secrets.py").returncode == 0
    (checkout / "settings.ini").write_text(f"[main]\n{line}\n")
    done = run(checkout, "find_secrets.py")
    assert done.returncode == 1
    assert "settings.ini:2" in done.stdout
    assert line not in done.stdout + done.stderr


def test_a_dependency_without_one_exact_version_is_refused(checkout):
    (checkout / "tests").mkdir()
    (checkout / "tests/requirements.txt").write_text("httpx>=0.27\n")
    done = run(checkout, "dependencies.py")
    assert done.returncode == 1
    assert "httpx>=0.27" in done.stdout + done.stderr


def test_every_step_of_the_check_is_there():
    steps = " ".join(re.findall(r'steps\+?="([a-z ]+)"', CHECK)).split()
    assert steps == ["format", "lint", "shell", "secrets", "dependencies", "tidy", "coverage"]
    for step in steps:
        assert re.search(rf"^check_{step}\(\)", CHECK, re.M), step


def test_coverage_is_a_gate():
    assert int((ROOT / "cmake/dev/coverage_floor").read_text()) >= 80
    assert "--fail-under-line" in (ROOT / "cmake/dev/test.sh").read_text()


def test_continuous_integration_runs_what_the_readme_names():
    assert "./dev test" in (ROOT / "README.md").read_text()
    assert re.search(r"^exec \./dev test", (ROOT / ".ci/run").read_text(), re.M)
