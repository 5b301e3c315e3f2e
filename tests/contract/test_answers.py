"""support/contract.py sees every way in which an answer may leave the document [INT-1]; proven on planted answers."""

import json

import httpx
import pytest
from support.contract import Contract, Disagreement, check
from support.openapi import load_document

SECRET = "Jörna Sample"
CONTRACT = Contract(load_document())
PROBLEM = {"type": "urn:ambula:problem:x", "title": "Conflict", "status": 409, "code": "x"}
DEPARTMENT = {"id": "019ab92a-d29f-7657-83a0-524d916bfb3e", "facility_id": "019ab987-c597-7285-8ce4-1492615ad2e2", "code": "GM",
              "name": "General", "active": True, "version": 1, "created_at": "2026-11-24T09:30:00Z",
              "created_by": "00000000-0000-0000-0000-000000000000", "updated_at": "2026-11-24T09:30:00Z",
              "updated_by": "00000000-0000-0000-0000-000000000000"}
PATH = f"/v1/departments/{DEPARTMENT['id']}"


def answer(method: str, path: str, status: int, body=None, content_type="application/json", content: bytes = b""):
    sent = httpx.Request(method, f"http://clinic.example{path}")
    content = json.dumps(body).encode() if body is not None else content
    return httpx.Response(status, request=sent, content=content, headers={"content-type": content_type} if content else {})


def problem(method: str, path: str, status: int, **members):
    return answer(method, path, status, PROBLEM | {"status": status} | members, "application/problem+json")


RIGHT = {
    "read": answer("GET", PATH, 200, DEPARTMENT),
    "unchanged": answer("GET", PATH, 304),
    "query": answer("GET", "/v1/departments?limit=1", 200, {"items": [DEPARTMENT], "next_cursor": None}),
    "refused": problem("GET", PATH, 404, traceId="a"),
    "csv": answer("GET", "/v1/patients?format=csv", 200, content=b"a,b", content_type="text/csv; charset=utf-8"),
    "empty": answer("DELETE", f"/v1/holidays/{DEPARTMENT['id']}", 204),
    "no such path": problem("GET", "/v1/nowhere", 404),
    "no such method": problem("DELETE", PATH, 405),
    "a page": answer("GET", "/healthz", 200, {"anything": 1}),
}
WRONG = {
    "unknown field": (answer("GET", PATH, 200, DEPARTMENT | {"nick": SECRET}), "/ has, not in the document, nick"),
    "missing field": (answer("GET", PATH, 200, {k: v for k, v in DEPARTMENT.items() if k != "name"}), "/ lacks name"),
    "wrong type": (answer("GET", PATH, 200, DEPARTMENT | {"active": SECRET}), "/active breaks type"),
    "wrong id": (answer("GET", PATH, 200, DEPARTMENT | {"id": SECRET}), "/id breaks format"),
    "local time": (answer("GET", PATH, 200, DEPARTMENT | {"created_at": "2026-11-24T09:30:00+05:30"}), "/created_at breaks format"),
    "deep": (answer("GET", "/v1/departments", 200, {"items": [DEPARTMENT, DEPARTMENT | {"name": 7}], "next_cursor": None}),
             "/items/1/name breaks type"),
    "status": (problem("GET", PATH, 418), "the document does not list this status"),
    "error of a server": (problem("GET", PATH, 500), "the document does not list this status"),
    "content type": (answer("GET", PATH, 200, content=b"a,b", content_type="text/csv"), "content type text/csv"),
    "no body": (answer("GET", PATH, 200), "content type (none)"),
    "body of a 204": (answer("DELETE", f"/v1/holidays/{DEPARTMENT['id']}", 204, {}), "content type application/json"),
    "problem as JSON": (answer("GET", PATH, 404, PROBLEM), "content type application/json"),
    "member of a problem": (problem("GET", PATH, 404, nick=SECRET), "/ has, not in the document, nick"),
    "no JSON": (answer("GET", PATH, 200, content=b"{", content_type="application/json"), "the body is no JSON"),
    "twice": (answer("GET", PATH, 200, content=json.dumps(DEPARTMENT)[:-1].encode() + b', "code": "GM"}', content_type="application/json"),
              "the member code comes twice"),
    "success of nothing": (answer("GET", "/v1/nowhere", 200, {}), "the document does not list this status"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_document_has_passes(name):
    check(RIGHT[name])


@pytest.mark.parametrize("name", WRONG)
def test_what_it_does_not_have_is_told_without_values(name):
    wrong, expected = WRONG[name]
    with pytest.raises(Disagreement) as told:
        check(wrong)
    assert expected in str(told.value)
    assert SECRET not in str(told.value)
    assert str(told.value).startswith(f"{wrong.request.method} /v1/") or "(no such path)" in str(told.value)


def test_a_literal_segment_wins_over_a_parameter():
    assert CONTRACT.find("get", "/v1/patients/suggest")[0] == "/v1/patients/suggest"
    assert CONTRACT.find("get", "/v1/patients/x")[0] == "/v1/patients/{id}"
    assert CONTRACT.find("get", "/v1/patients/")[0] == "(no such path)"


def test_every_answer_of_the_document_can_be_compared():
    for method, template in CONTRACT.operations:
        for status in CONTRACT.operations[method, template]["responses"]:
            CONTRACT._described(method, template, int(status))
