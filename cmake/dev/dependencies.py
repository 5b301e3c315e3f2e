#!/usr/bin/env python3
"""The dependency scan of ./dev check [OPS-7], as far as it goes without a network: everything from outside has one pinned
version, every library in our binaries a licence that somebody has read, and the list of parts (SBOM) can be written."""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LICENCES = ROOT / "cmake/dev/licences.txt"
EXACT = re.compile(r"\d+(\.\d+)+([.-][\w.]+)?$")


def licences(text: str) -> dict[str, str]:
    lines = (line.partition("#")[0].split(None, 1) for line in text.splitlines())
    return {line[0]: line[1].strip() for line in lines if len(line) == 2}


def licence_faults(packages: dict[str, str], known: dict[str, str]) -> list[str]:
    """`packages`: who owns each library that a binary needs."""
    faults = [f"{library} ({package or 'of no package'}) is linked and not in {LICENCES.name}"
              for library, package in packages.items() if package not in known]
    return faults + [f"{package}: {licence} may not be linked" for package, licence in known.items()
                     if re.match(r"A?GPL", licence) and "WITH" not in licence and package in packages.values()]


def requirement_faults(text: str, name: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [f"{name}: {line} is not pinned with ==" for line in lines
            if line and not re.match(r"[\w.-]+(\[[\w,]+\])?==\d[\w.]*$", line)]


def package_json_faults(text: str, name: str, has_lock: bool) -> list[str]:
    wanted = json.loads(text)
    both = wanted.get("dependencies", {}) | wanted.get("devDependencies", {})
    faults = [f"{name}: {package} {version} is not an exact version" for package, version in both.items() if not EXACT.match(version)]
    return faults + ([f"{name}: there is no package-lock.json"] if both and not has_lock else [])


def needed_libraries(binaries: list[pathlib.Path]) -> dict[str, str]:
    """Library → Debian package, of what the binaries name themselves."""
    found = {}
    for binary in binaries:
        wanted = set(re.findall(r"NEEDED.*\[(.*)\]", _output("readelf", "-d", str(binary))))
        for library, path in re.findall(r"(\S+) => (\S+)", _output("ldd", str(binary))):
            if library in wanted and library not in found:
                found[library] = _owner(pathlib.Path(path))
    return found


def _owner(path: pathlib.Path) -> str:
    for form in (str(path), str(path.resolve()), str(path).removeprefix("/usr")):
        said = _output("dpkg-query", "-S", form)
        if said:
            return said.split(":")[0]
    return ""


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout


def tracked(pattern: str) -> list[pathlib.Path]:
    return [ROOT / name for name in _output("git", "-C", str(ROOT), "ls-files", pattern).splitlines()]


def prove() -> None:
    """The checks can say no."""
    assert licence_faults({"liba.so": "liba1"}, {}) and licence_faults({"liba.so": "liba1"}, {"liba1": "GPL-2.0-only"})
    assert not licence_faults({"liba.so": "liba1"}, {"liba1": "MIT"})
    assert requirement_faults("httpx>=1", "x") and requirement_faults("httpx", "x") and not requirement_faults("psycopg[binary]==3.2.3", "x")
    assert package_json_faults('{"dependencies": {"a": "^1.2.3"}}', "x", True) and package_json_faults('{"dependencies": {"a": "1.2.3"}}', "x", False)
    assert not package_json_faults('{"dependencies": {"a": "1.2.3"}}', "x", True)


def main() -> int:
    prove()
    faults = []
    for file in tracked("*requirements*.txt"):
        faults += requirement_faults(file.read_text(), str(file.relative_to(ROOT)))
    for file in tracked("*package.json"):
        faults += package_json_faults(file.read_text(), str(file.relative_to(ROOT)), (file.parent / "package-lock.json").exists())
    binaries = sorted((ROOT / "build/release/bin").glob("ambula-*"))
    if binaries:
        needed = needed_libraries(binaries)
        faults += licence_faults(needed, licences(LICENCES.read_text()))
        out = ROOT / "build/release/sbom.spdx.json"
        out.write_text(_output(sys.executable, str(ROOT / "cmake/sbom.py"), "build", *sorted(filter(None, set(needed.values())))))
        print(f"  {len(needed)} linked libraries, SBOM in {out.relative_to(ROOT)}")
    else:
        print("  skip linked libraries: ./dev build first")
    for line in faults:
        print(f"  {line}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
