"""Refusals that no journey meets, each by its name [SCH-2, SCH-3, SCH-10, INT-2]."""

import re
import uuid

import httpx
import pytest

from support.clinic import Clinic, ok, refused
from support.eventually import eventually

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def stranger(api, sign_in):
    return Clinic(api, sign_in("admin"))


def settled_or(send):
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def test_a_doctor_record_is_tied_to_a_doctors_account_only(clinic):  # SCH-2
    doctor, client = clinic.add_doctor()
    body = {"display_name": "Dr. X", "specialty": clinic.specialty["code"], "department_id": clinic.department["id"]}
    path = f"/v1/doctors/{doctor['id']}"

    def tied(account):
        return settled_or(lambda: clinic.admin.post("/v1/doctors", body | {"account_id": account["id"]}))

    nurse = clinic.account("nurse")
    problem = refused(tied(nurse), 422, "not-a-doctor")
    assert problem["errors"][0]["pointer"] == "/account_id"
    etag = clinic.admin.get(path).headers["etag"]
    refused(clinic.admin.patch(path, {"account_id": nurse["id"]}, if_match=etag), 422, "not-a-doctor")
    assert ok(clinic.admin.get(path))["account_id"] == client.account["id"]
    refused(tied({"id": str(uuid.uuid4())}), 404, "account-not-found")
    gone = clinic.account("doctor")
    ok(clinic.admin.post(f"/v1/accounts/{gone['id']}/deactivate"))

    def refuses():
        answer = tied(gone)
        if answer.status_code == 201:  # the account's end is not known here yet
            ok(clinic.admin.delete(answer.headers["location"]), 204)
        return answer.status_code == 422 and answer
    refused(eventually(refuses, 15), 422, "not-a-doctor")


@pytest.mark.parametrize("what, method, path", [
    ("holiday", "DELETE", "/v1/holidays/{}"), ("disruption", "GET", "/v1/disruptions/{}"),
    ("disruption", "POST", "/v1/disruptions/{}/apply"), ("disruption", "POST", "/v1/disruptions/{}/close"),
    ("waiting-request", "GET", "/v1/waiting-requests/{}"), ("waiting-request", "POST", "/v1/waiting-requests/{}/cancel")])
def test_what_is_not_there_and_what_is_elsewhere_are_the_same(clinic, stranger, what, method, path):  # SCH-3, SCH-10, OPS-6
    doctor, _ = clinic.add_doctor()
    desk = clinic.staff("receptionist")
    hours = {"from": "2031-03-03T08:00:00Z", "to": "2031-03-03T09:00:00Z"}
    made = {
        "holiday": lambda: clinic.admin.post("/v1/holidays", {"date": "2031-01-01", "name": "Feast"}),
        "disruption": lambda: desk.post("/v1/disruptions", {"doctor_id": doctor["id"], "reason": "Late", **hours}),
        "waiting-request": lambda: desk.post("/v1/waiting-requests", {
            "patient_id": clinic.add_patient(desk)["id"], "doctor_id": doctor["id"], "earliest": hours["from"], "latest": hours["to"]}),
    }[what]
    record = ok(settled_or(made), 201)
    for client, id in ((clinic.admin, str(uuid.uuid4())), (stranger.admin, record["id"])):
        refused(client.request(method, path.format(id)), 404, f"{what}-not-found")


def test_each_path_tells_its_methods(api, clinic, stack):  # INT-1, INT-2
    """Any other method is 405 with the right ones in Allow; at the gateway and at the port of the service that owns the path."""
    paths = ok(api.get("/openapi.json"))["paths"]
    asked = 0
    for path, item in paths.items():
        allowed = {method.upper() for method in item} & set(METHODS)
        others = [method for method in METHODS if method not in allowed]
        if not path.startswith("/v1/") or not others:
            continue
        concrete = re.sub(r"\{\w+\}", str(uuid.uuid4()), path)
        for method in others:
            answer = clinic.admin.request(method, concrete)
            refused(answer, 405, "method-not-allowed")
            head = {"HEAD"} if "GET" in allowed else set()
            assert set(answer.headers["allow"].split(", ")) == allowed | head, (method, path)
            asked += 1
    assert asked > 300
    answer = httpx.delete(f"{stack.services['patient']}/v1/patients", trust_env=False)
    refused(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    refused(clinic.admin.get("/v1/nothing-here"), 404, "not-found")
