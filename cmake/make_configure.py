#!/usr/bin/env python3
"""Writes docs/operations/configure.md from what the binaries themselves say (--help-config). `--check` only says whether it is current.

    cmake/make_configure.py [--check] [folder of the binaries]
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/operations/configure.md"
PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
HEAD = """# Configure

Every setting is an environment variable. A wrong one stops the process with a line for each that names it. What is a secret may be given as a
file instead: `<NAME>_FILE`. Made by `cmake/make_configure.py` from what the binaries say (`--help-config`); do not edit.
"""
LINE = re.compile(r"(AMBULA_\w+) +(.*?) {2,}(\S.*)|(AMBULA_\w+) +(\S+) (\S.*)")


def settings(folder: pathlib.Path, process: str) -> dict[str, tuple[str, str]]:
    said = subprocess.run([folder / f"ambula-{process}", "--help-config"], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in said.splitlines():
        key, default, about = [part for part in LINE.match(line).groups() if part is not None]
        found[key] = (default, about)
    return found


def table(rows: dict[str, tuple[str, str]]) -> str:
    shown = {"(required)": "required", "-": ""}
    lines = [f"| `{key}` | {shown.get(default, f'`{default}`')} | {about.replace('|', chr(92) + '|')} |" for key, (default, about) in rows.items()]
    return "| setting | default | what |\n|---|---|---|\n" + "\n".join(lines) + "\n"


def page(folder: pathlib.Path) -> str:
    by_process = {process: settings(folder, process) for process in PROCESSES}
    common = {key: value for key, value in by_process["patient"].items() if all(each.get(key) == value for each in by_process.values())}
    text = HEAD + "\n## All processes\n" + table(common)
    for process, known in by_process.items():
        own = {key: value for key, value in known.items() if key not in common}
        if own:
            text += f"\n## {process}\n" + table(own)
    return text


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--check"]
    binaries = pathlib.Path(arguments[0]) if arguments else ROOT / "build/release/bin"
    if "--check" not in sys.argv:
        PAGE.write_text(page(binaries))
    elif not PAGE.exists() or PAGE.read_text() != page(binaries):
        sys.exit("docs/operations/configure.md is not what the binaries say: run cmake/make_configure.py after ./dev build")
