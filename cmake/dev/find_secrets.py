"""Looks for secrets that somebody was about to commit: private keys, tokens of known shapes, passwords in URLs.

A line that is meant (a test's throw-away key, an example) says `not a secret` and why.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATTERNS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "cloud access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "forge token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_-]{20,})\b"),
    "chat token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "password in a URL": re.compile(r"\b[a-z][a-z0-9+]*://[^\s:/@{}<>$]+:(?P<value>[^\s:/@{}<>$]{8,})@"),
    "assigned secret": re.compile(
        r"(?i)\b(?:password|passwd|secret|api_?key|access_?token)\b\s*[:=]\s*[\"'](?P<value>[A-Za-z0-9+/=_-]{20,})[\"']"),
}
# Words of documentation, in the place of a value.
HARMLESS = re.compile(r"(?i)example|placeholder|change-?me|your-|password|secret|xxxx|\.\.\.")
LIMIT_BYTES = 2_000_000


def files() -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            stdout=subprocess.PIPE, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


def findings(text: str):
    for number, line in enumerate(text.splitlines(), 1):
        if "not a secret" in line:
            continue
        for kind, pattern in PATTERNS.items():
            found = pattern.search(line)
            if found and not HARMLESS.search(found.groupdict().get("value") or ""):
                yield number, kind


def main() -> int:
    failed = False
    for file in files():
        if not file.is_file() or file.stat().st_size > LIMIT_BYTES:
            continue
        for number, kind in findings(file.read_text(errors="ignore")):
            # The value itself is not printed: a CI log is read by more people than the file.
            print(f"{file.relative_to(ROOT)}:{number}: looks like a {kind}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
