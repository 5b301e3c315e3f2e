"""Joins root.yaml and parts/*.yaml to one OpenAPI document.

    python3 schemas/openapi/bundle.py OUT.json

Refuses a path+method or a schema that two parts define. Adds what every operation of its kind answers where a part
does not say more: the errors of the edge (401, 429, 503), of bodies, of Idempotency-Key and If-Match, 304 where there is
an ETag; and the Link header of lists.
"""

import json
import pathlib
import sys

import yaml

# libyaml's, where it is there: each file of tests reads the document.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
METHODS = ("get", "post", "put", "patch", "delete")
EDGE_ANSWERS = {"400": "Malformed", "401": "Unauthenticated", "403": "Forbidden", "429": "TooMany", "503": "Unavailable"}
BODY_ANSWERS = {"413": "TooLarge", "415": "UnsupportedMedia"}
PARAMETER_ANSWERS = {"IdempotencyKey": {"409": "Conflict", "422": "Rule"}, "IfMatch": {"412": "VersionMismatch"}}


def complete(method: str, operation: dict) -> None:
    open_to_all = operation.get("x-permission") == "anyone"
    if open_to_all:
        operation.setdefault("security", [])
    responses = operation["responses"] = dict(operation.get("responses", {}))  # aliases in a part share one
    parameters = [each["$ref"].rsplit("/", 1)[1] for each in operation.get("parameters", []) if "$ref" in each]
    answers = dict(EDGE_ANSWERS)
    if "requestBody" in operation:
        answers.update(BODY_ANSWERS)
    if method in ("put", "patch"):
        answers["428"] = "PreconditionRequired"
    for name in parameters:
        answers.update(PARAMETER_ANSWERS.get(name, {}))
    if method == "get" and "ETag" in responses.get("200", {}).get("headers", {}):
        answers["304"] = "NotModified"
    for status, name in answers.items():
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    if "Cursor" in parameters:
        responses["200"].setdefault("headers", {})["Link"] = {"$ref": "#/components/headers/Link"}


def bundle(folder: pathlib.Path) -> dict:
    document = yaml.load((folder / "root.yaml").read_text(), LOADER)
    document["paths"] = {}
    for file in sorted((folder / "parts").glob("*.yaml")):
        part = yaml.load(file.read_text(), LOADER)
        for path, item in part.get("paths", {}).items():
            target = document["paths"].setdefault(path, {})
            for key, value in item.items():
                if key in target:
                    sys.exit(f"{file.name}: {key.upper()} {path} is defined twice")
                if key in METHODS:
                    complete(key, value)
                target[key] = value
        for kind, entries in part.get("components", {}).items():
            target = document["components"].setdefault(kind, {})
            for name, value in entries.items():
                if name in target:
                    sys.exit(f"{file.name}: component {name} is defined twice")
                target[name] = value
    return document


if __name__ == "__main__":
    text = json.dumps(bundle(pathlib.Path(__file__).parent), ensure_ascii=False, separators=(",", ":"))
    out = pathlib.Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
