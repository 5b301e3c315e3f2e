"""The OpenAPI document: one whole, valid, and the same as the services' route tables [INT-1]."""

import pathlib
import re

import jsonschema
import pytest
from support.openapi import load_document, operations, references, resolve, schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
# {post, "/v1/…", Permission::x, api::handler} of a service, {…, with(api::handler)} of identity.
ROUTE = re.compile(r'\{\s*(?:http::Method::)?(?P<method>get|post|put|patch|delete_),\s*"(?P<path>/[^"]*)",\s*'
                   r'(?:auth::)?Permission::(?P<permission>\w+),\s*(?:\w+\()?(?:\w+::)+(?P<handler>\w+)(?:\([^()]*\))?\)?'
                   r'(?:,\s*service::Accepts::\w+)?\}')
# {post, "/v1/…", P::x, queue} of the edge's table.
EDGE_ROUTE = re.compile(r'\{(?P<method>get|post|put|patch|delete_),\s*"(?P<path>/[^"]*)",\s*P::(?P<permission>\w+),\s*'
                        r'(?P<upstream>\w+)\}')
# Secrets in, secrets out: no answer of these is kept, and none does harm twice.
KEEPS_NO_ANSWER = {("post", "/v1/auth/sign-in"), ("post", "/v1/auth/refresh"), ("post", "/v1/auth/change-password")}


@pytest.fixture(scope="module")
def document():
    return load_document()


def routes():
    """Every route that a definition.cpp lists: (service, method, path, permission, handler)."""
    for file in sorted([*ROOT.glob("services/*/definition.cpp"), *ROOT.glob("gateway/**/definition.cpp")]):
        service = file.parent.name if file.parent.parent.name == "services" else "gateway"
        text = file.read_text()
        found = list(ROUTE.finditer(text))
        assert len(found) == len(re.findall(r'\{[^{}"]*"/v1/', text)), f"{file}: a route is written in another form"
        for route in found:
            yield (service, route["method"].rstrip("_"), route["path"], route["permission"], route["handler"])


def edge_routes():
    """(service, method, path, permission) of every line of the edge's table."""
    text = (ROOT / "gateway/edge/routes.cpp").read_text()
    found = list(EDGE_ROUTE.finditer(text))
    assert len(found) == text.count('"/v1/'), "routes.cpp: a route is written in another form"
    for route in found:
        service = "gateway" if route["upstream"] == "own" else route["upstream"]
        yield (service, route["method"].rstrip("_"), route["path"], route["permission"])


def test_every_route_is_documented_and_every_operation_is_routed(document):
    table = {(method, path): (service, permission, handler) for service, method, path, permission, handler in routes()}
    assert table, "no routes were found"
    written = {(method, path): operation for method, path, operation in operations(document)}
    assert set(table) == set(written)
    for key, (service, permission, handler) in table.items():
        operation = written[key]
        assert operation["operationId"] == handler, key
        assert operation["x-permission"] == permission, key
        assert operation["tags"] == [service], key


def test_the_edge_and_the_services_agree():
    edge = sorted(edge_routes())
    behind = sorted((service, method, path, permission) for service, method, path, permission, _ in routes())
    assert len(edge) == len(set(edge)) and len(behind) == len(set(behind))
    assert [line for line in edge if line not in behind] == [], "routed to a service that does not have it"
    assert [line for line in behind if line not in edge] == [], "a service's route that the edge does not let in"


def test_operation_ids_are_unique(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_references_lead_somewhere(document):
    for reference in references(document):
        resolve(document, reference)


def test_writes_take_an_idempotency_key_and_updates_an_etag(document):
    for method, path, operation in operations(document):
        names = {parameter.get("$ref", "").rsplit("/", 1)[-1] for parameter in operation.get("parameters", [])}
        if method in ("post", "put", "patch", "delete") and (method, path) not in KEEPS_NO_ANSWER:
            assert "IdempotencyKey" in names, (method, path)
        if method in ("put", "patch"):
            assert "IfMatch" in names, (method, path)


def test_lists_page_by_cursor_and_link(document):
    paged = 0
    for method, path, operation in operations(document):
        names = {parameter.get("$ref", "").rsplit("/", 1)[-1] for parameter in operation.get("parameters", [])}
        if "Cursor" not in names:
            continue
        paged += 1
        answer = operation["responses"]["200"]
        assert method == "get" and "Limit" in names, path
        assert answer["headers"]["Link"] == {"$ref": "#/components/headers/Link"}, path
        schema = answer["content"]["application/json"]["schema"]
        schema = resolve(document, schema["$ref"]) if "$ref" in schema else schema
        assert {"items", "next_cursor"} <= schema["properties"].keys(), path
    assert paged > 25


def test_paths_and_parameters_agree(document):
    for _, path, operation in operations(document):
        wanted = set(re.findall(r"\{(\w+)\}", path))
        given = set()
        for parameter in operation.get("parameters", []):
            parameter = resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter
            if parameter["in"] == "path":
                given.add(parameter["name"])
        assert wanted == given, path


def examples(document):
    for method, path, operation in operations(document):
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += [(status, answer) for status, answer in operation["responses"].items()]
        for what, body in bodies:
            for media, content in body.get("content", {}).items():
                if "example" in content:
                    yield f"{method} {path} {what} {media}", content["schema"], content["example"]


def test_examples_are_valid(document):
    count = 0
    for name, schema, example in examples(document):
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"], **schema}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(example))
        assert not errors, f"{name}: {errors[0].message}"
        count += 1
    assert count > 20


def test_bodies_refuse_unknown_members(document):
    """At any depth. `Problem` alone may get more members one day."""
    open_ones = [path for path, schema in schemas(document) if schema.get("additionalProperties") in (None, True)]
    assert open_ones == ["/components/schemas/Problem"]
