#!/usr/bin/env python3
"""Builds and tests the console; CMake and ctest call it.

    build.py --openapi DOCUMENT --output FOLDER   types from the OpenAPI document, type check, bundle, packed forms
    build.py --test [vitest's options]            the unit tests
    build.py --e2e FILE                           one file of tests in a real browser, against the stack of tests/e2e
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "cmake/dev"))

from parts import node as tools  # noqa: E402
from parts.settings import Failure, Settings, resolve_run_dir  # noqa: E402


def start(settings: Settings, tool: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([str(HERE / "node_modules/.bin" / tool), *arguments], cwd=HERE,
                            env=tools.environment(settings) | {"NODE_PATH": ""})


def run(settings: Settings, tool: str, *arguments: str) -> None:
    if status := start(settings, tool, *arguments).wait():
        sys.exit(f"console: {tool} failed ({status})")


def generate_types(settings: Settings, document: pathlib.Path) -> None:
    """A change of the API that a screen does not follow breaks the build here."""
    types = HERE / "src/lib/api/schema.ts"
    stamp = HERE / "src/lib/api/schema.ts.stamp"
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    if types.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    fresh = types.with_name("schema.new.ts")
    run(settings, "openapi-typescript", str(document), "-o", str(fresh))
    if types.exists() and types.read_bytes() == fresh.read_bytes():
        fresh.unlink()
    else:
        fresh.replace(types)
    stamp.write_text(digest)


def build(settings: Settings, document: pathlib.Path, output: pathlib.Path) -> None:
    generate_types(settings, document)
    fresh = output.with_name(f"{output.name}.new")
    check = start(settings, "tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", str(output.with_name("console.tsbuildinfo")))
    bundle = start(settings, "vite", "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn")
    failed = [tool for tool, child in (("tsc", check), ("vite", bundle)) if child.wait() != 0]
    if failed:
        sys.exit(f"console: {' and '.join(failed)} failed")
    subprocess.run([str(tools.node(settings)), str(HERE / "pack.mjs"), str(fresh)], check=True)
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    (output / ".built").touch()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--openapi", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--e2e", action="store_true")
    known, rest = parser.parse_known_args()
    settings = Settings(resolve_run_dir(None))
    tools.link_packages(settings)
    if known.test:
        run(settings, "vitest", "run", *rest)
    elif known.e2e:
        run(settings, "vitest", "run", "--config", "vitest.e2e.config.ts", *rest)
    else:
        build(settings, known.openapi, known.output)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"console: {failure}")
