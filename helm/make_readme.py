#!/usr/bin/env python3
"""Writes helm/ambula/README.md: the table is made of the comments in values.yaml. `--check` only says whether it is current."""

import pathlib
import re
import sys

CHART = pathlib.Path(__file__).parent / "ambula"
HEAD = """# Helm chart `ambula`

Gateway, six services and their surroundings on Kubernetes ≥ 1.30. `docs/operations/install.md` tells how to install it, `ci/` has
values for usual cases. Made by `helm/make_readme.py` from `values.yaml`; do not edit the table.

| value | default | what |
|---|---|---|
"""
KEY = re.compile(r"^( *)([A-Za-z]\w*):(?: (.*))?$")


def rows(text: str) -> list[tuple[str, str, str]]:
    """(path, default, comment) of each key that holds a value rather than further keys, or has a comment of its own."""
    lines, found, path, comment = text.splitlines(), [], [], []
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("#"):
            comment = [stripped[4:].strip()] if stripped.startswith("# --") else [*comment, stripped[1:].strip()] if comment else []
            continue
        key = KEY.match(line)
        if not key:
            comment = [] if not stripped else comment
            continue
        depth = len(key[1]) // 2
        path = [*path[:depth], key[2]]
        following = next((each for each in lines[number + 1:] if each.strip() and not each.strip().startswith("#")), "")
        has_keys = key[3] is None and len(following) - len(following.lstrip()) > len(key[1])
        if not has_keys:
            found.append((".".join(path), key[3] or "", " ".join(comment)))
        elif comment:
            shown = [each.strip() for each in lines[number + 1:] if len(each) - len(each.lstrip()) > len(key[1])][:2]
            found.append((".".join(path), "see values.yaml" if following.strip().startswith(("-", "requests")) else "", " ".join(comment)))
        comment = []
    return found


def table() -> str:
    cell = lambda text: text.replace("|", "\\|")
    return HEAD + "".join(f"| `{path}` | {f'`{cell(default)}`' if default and not default.startswith('see') else default} | {cell(about)} |\n"
                          for path, default, about in rows((CHART / "values.yaml").read_text()))


if __name__ == "__main__":
    readme = CHART / "README.md"
    if "--check" in sys.argv:
        sys.exit(0 if readme.exists() and readme.read_text() == table() else "helm/ambula/README.md is not current: run helm/make_readme.py")
    readme.write_text(table())
