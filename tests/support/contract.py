"""Compares answers with the OpenAPI document [INT-1].

    cd tests && python3 -m support.contract      the operations that no test of this installation was answered 2xx

support.api shows every answer to `check`. Its status, its content type and each field of its JSON must stand in the
document under the operation's path. A field that the document does not name is a fault, in a problem too: there
`additionalProperties: true` tells clients that more may come one day, not that anything may come today.
"""

import functools
import json
import re

import jsonschema

from .openapi import inlined, load_document, operations
from .stack import RUN_DIR

JSON_TYPES = {"application/json", "application/problem+json"}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")  # answered always so, says the document
formats = jsonschema.FormatChecker(("date", "email", "uuid"))
formats.checks("date-time")(lambda value: not isinstance(value, str) or DATE_TIME.fullmatch(value) is not None)


class Disagreement(Exception):
    """Not an AssertionError: `eventually` must not wait until it is gone. Tells where, and no value."""


def check(answer) -> None:
    """Raises a Disagreement unless the document has this answer."""
    path = answer.request.url.raw_path.decode().partition("?")[0]
    method = answer.request.method.lower()
    template, operation = contract().find(method, path)
    if operation and answer.is_success:
        _note(operation["operationId"])
    for fault in contract().faults(method, template, answer):
        raise Disagreement(f"{method.upper()} {template} answered {answer.status_code}: {fault}")


class Contract:
    def __init__(self, document: dict):
        self._document = document
        self.operations = {(method, path): operation for method, path, operation in operations(document)}
        self._templates = {}  # how many segments → (segments, template)
        for template in sorted({path for _, path in self.operations}):
            segments = template.split("/")
            self._templates.setdefault(len(segments), []).append((segments, template))
        self._answers = {}  # what was compiled so far

    def find(self, method: str, path: str):
        """(template, operation) of a request; the operation is None when the template lacks the method, the template
        is "(no such path)" when the document lacks the path. A literal segment wins over a parameter."""
        segments = path.split("/")
        fitting = [template for parts, template in self._templates.get(len(segments), []) if _fits(parts, segments)]
        if not fitting:
            return "(no such path)" if path.startswith("/v1/") else "(no API)", None
        template = min(fitting, key=lambda each: each.count("{"))
        return template, self.operations.get((method, template))

    def faults(self, method: str, template: str, answer):
        """What is wrong with it, in words that hold no value."""
        if template == "(no API)":
            return
        described = self._described(method, template, answer.status_code)
        if described is None:
            yield "the document does not list this status"
            return
        media = answer.headers.get("content-type", "").partition(";")[0].strip()
        if media in described:  # what is not JSON may be a stream that nobody has read yet
            if media in JSON_TYPES:
                yield from _body_faults(described[media], answer.content)
        elif described or answer.content:
            yield f"the document does not list the content type {media or '(none)'}"

    def _described(self, method: str, template: str, status: int):
        """Content type → validator of an answer; None for a status that is not listed."""
        key = method, template, status
        if key not in self._answers:
            self._answers[key] = self._compile(self.operations.get((method, template)), status)
        return self._answers[key]

    def _compile(self, operation: dict | None, status: int):
        responses = operation["responses"] if operation else self._of_no_route()
        if str(status) not in responses:
            return None
        content = inlined(self._document, responses[str(status)]).get("content", {})
        return {media: _validator(entry["schema"]) for media, entry in content.items()}

    def _of_no_route(self) -> dict:
        """What a path or a method that does not exist may be answered."""
        responses = self._document["components"]["responses"]
        return {"400": responses["Malformed"], "401": responses["Unauthenticated"], "404": responses["NotFound"],
                "405": responses["NotFound"], "413": responses["TooLarge"], "429": responses["TooMany"],
                "503": responses["Unavailable"]}


@functools.cache
def contract() -> Contract:
    return Contract(load_document())


def _fits(template: list[str], segments: list[str]) -> bool:
    for part, segment in zip(template, segments, strict=True):
        if part != segment and not (part.startswith("{") and segment):
            return False
    return True


def _validator(schema: dict) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_closed(schema), format_checker=formats)


def _closed(node):
    """The schema (without references) with every object closed that names its members."""
    if isinstance(node, list):
        return [_closed(value) for value in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(value) for name, value in node.items() if name not in ("example", "examples")}
    if isinstance(node.get("properties"), dict) and node.get("additionalProperties") in (None, True):
        closed["additionalProperties"] = False
    return closed


def _body_faults(validator, content: bytes):
    twice = []

    def members(pairs: list[tuple]) -> dict:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(name for name in found if sum(name == other for other, _ in pairs) > 1)
        return found

    try:
        body = json.loads(content, object_pairs_hook=members)
    except ValueError:
        yield "the body is no JSON"
        return
    yield from (f"the member {name} comes twice" for name in twice)
    for error in validator.iter_errors(body):
        yield _told(error)


def _told(error: jsonschema.ValidationError) -> str:
    """The JSON pointer of a fault and what is wrong there. jsonschema's own message would hold the value."""
    error = jsonschema.exceptions.best_match([error])  # of alternatives the one that fits best
    pointer = "".join(f"/{part}" for part in error.absolute_path)
    names = []
    if error.validator == "required":
        names = [name for name in error.validator_value if name not in error.instance]
    elif error.validator == "additionalProperties":
        names = [name for name in error.instance if name not in error.schema["properties"]]
    what = {"required": "lacks", "additionalProperties": "has, not in the document,"}.get(error.validator, f"breaks {error.validator}")
    return " ".join([pointer or "/", what, *names])


_noted = set()


def _note(operation_id: str) -> None:
    """One line for each operation, beside the installation's logs; gone with its next reset."""
    if operation_id in _noted or not RUN_DIR.exists():
        return
    _noted.add(operation_id)
    with open(RUN_DIR / "answered", "a", encoding="utf-8") as file:
        file.write(f"{operation_id}\n")


def main() -> None:
    noted = RUN_DIR / "answered"
    answered = set(noted.read_text().split()) if noted.exists() else set()
    missing = [(path, method) for (method, path), operation in contract().operations.items()
               if operation["operationId"] not in answered]
    for path, method in sorted(missing):
        print(f"{method.upper():6} {path}")
    print(f"{len(missing)} of {len(contract().operations)} operations were never answered 2xx")


if __name__ == "__main__":
    main()
