#!/usr/bin/env python3
"""sbom.py VERSION FILE-OR-PACKAGE…: an SPDX 2.3 document of the Debian packages that own the files, on standard output."""

import json
import os
import subprocess
import sys


def owner(item: str) -> str | None:
    """The package of a file, or the package named."""
    if not item.startswith("/"):
        return item
    for path in (item, os.path.realpath(item), item.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    return None


def describe(package: str) -> dict | None:
    fields = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Homepage}"
    found = subprocess.run(["dpkg-query", "-W", "-f", fields, package], capture_output=True, text=True)
    if found.returncode != 0:
        return None
    name, version, architecture, source, homepage = found.stdout.split("\t")
    return {
        "SPDXID": f"SPDXRef-{name.replace('+', '-')}", "name": name, "versionInfo": version,
        "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "homepage": homepage or "NOASSERTION", "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION", "sourceInfo": f"built from the Debian source package {source}",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{name}@{version}?arch={architecture}&distro=bookworm"}]}


def main() -> None:
    version, *items = sys.argv[1:]
    names = sorted({package for package in map(owner, items) if package})
    packages = [package for package in map(describe, names) if package]
    own = {"SPDXID": "SPDXRef-ambula", "name": "ambula", "versionInfo": version, "supplier": "Organization: Ambula",
           "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0",
           "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"}
    json.dump({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"ambula-{version}",
        "documentNamespace": f"urn:ambula:sbom:{version}",
        "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: ambula-sbom"]},
        "packages": [own, *packages],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-ambula"},
            *({"spdxElementId": "SPDXRef-ambula", "relationshipType": "CONTAINS", "relatedSpdxElement": package["SPDXID"]}
              for package in packages)]}, sys.stdout, indent=1)


main()
