"""Reads the OpenAPI document as schemas/openapi/bundle.py joins it."""

import functools
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "schemas/openapi"
METHODS = {"get", "post", "put", "patch", "delete"}


@functools.cache
def load_document() -> dict:
    """As the build has joined it, which is quick to read; joined anew when a part has changed since."""
    built = pathlib.Path(os.environ.get("AMBULA_BUILD_DIR", ROOT / "build/release")) / "generated/edge/openapi.json"
    changed = max(file.stat().st_mtime for file in [*SOURCES.glob("*.*"), *SOURCES.glob("parts/*.yaml")])
    if built.exists() and built.stat().st_mtime > changed:
        return json.loads(built.read_text())
    sys.path.insert(0, str(SOURCES))
    import bundle
    return bundle.bundle(SOURCES)


def operations(document):
    """(method, path, operation) of everything one can ask for."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method, path, operation


def resolve(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def references(node):
    """Every `$ref` in it."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def schemas(node, path=""):
    """(JSON pointer, schema) of everything that says it is an object, at any depth."""
    if isinstance(node, dict):
        if node.get("type") == "object" or isinstance(node.get("properties"), dict):
            yield path, node
        for name, value in node.items():
            if name not in ("example", "examples"):
                yield from schemas(value, f"{path}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from schemas(value, f"{path}/{index}")


def inlined(document, node):
    """The node without references: what they lead to stands in their place. No schema holds itself."""
    if isinstance(node, list):
        return [inlined(document, value) for value in node]
    if not isinstance(node, dict):
        return node
    own = {name: inlined(document, value) for name, value in node.items() if name != "$ref"}
    if "$ref" not in node:
        return own
    target = inlined(document, resolve(document, node["$ref"]))
    return {"allOf": [target], **own} if own else target
