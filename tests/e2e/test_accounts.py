"""Accounts through the whole system: sign-in, sessions, sign-up, invitation, recovery, limits [ID-1 … ID-7, ID-13]."""

import time
import uuid

import httpx
import pytest

from support.clinic import PASSWORD, Clinic, ok, refused, settled

OTHER_PASSWORD = "another-long-pass-phrase"


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture
def token_for(kafka, eventually):
    """The single-use token that the newest mail of this kind to an address carries."""
    def find(address: str, kind: str, but: str | None = None) -> str:
        def newest():
            mails = [event.data for event in kafka.read("ambula.account-mail.v1")
                     if event.data["address"] == address and event.data["kind"] == kind]
            return mails[-1]["token"] if mails and mails[-1]["token"] != but else None
        return eventually(newest, 20)
    return find


def person(**fields):
    return {"given_name": "Asha", "family_name": f"Muster{uuid.uuid4().hex[:6]}", "birth_date": "1990-02-28",
            "sex": "FEMALE"} | fields


def fresh_address() -> str:
    return f"p{uuid.uuid4().hex[:12]}@mail.example"


def sign_up(api, clinic, address, password=PASSWORD, **fields):
    return api.post("/v1/auth/register", {"facility_id": clinic.facility["id"], "email": address, "password": password,
                                          "patient": person(**fields)})


def sign_in_as(api, login, password, **more):
    return api.post("/v1/auth/sign-in", {"login": login, "password": password} | more, key=None)


def test_unknown_and_wrong_are_the_same(api, clinic):  # ID-1
    login = clinic.account("nurse")["login"]
    answers = [sign_in_as(api, login, OTHER_PASSWORD), sign_in_as(api, f"nobody-{uuid.uuid4().hex[:6]}", PASSWORD)]
    bodies = []
    for answer in answers:
        body = refused(answer, 401, "bad-credentials")
        body.pop("traceId", None)
        bodies.append(body)
    assert bodies[0] == bodies[1]
    assert {k for k in answers[0].headers if k != "x-request-id"} == {k for k in answers[1].headers if k != "x-request-id"}


def test_sessions_rotate_and_end(api, clinic, eventually):  # ID-1
    account = clinic.account("nurse")
    first = ok(sign_in_as(api, account["login"], PASSWORD))
    second = ok(api.post("/v1/auth/refresh", {"refresh_token": first["refresh_token"]}, key=None))
    repeated = ok(api.post("/v1/auth/refresh", {"refresh_token": first["refresh_token"]}, key=None))
    assert repeated["refresh_token"] == second["refresh_token"] != first["refresh_token"]
    other = api.sign_in(account["login"], PASSWORD)
    third = ok(sign_in_as(api, account["login"], PASSWORD))
    ok(other.post("/v1/auth/sign-out"), 204)
    eventually(lambda: other.get("/v1/me").status_code == 401, 5)
    mine = api.sign_in(account["login"], PASSWORD)
    ok(mine.post("/v1/auth/sign-out", {"everywhere": True}), 204)
    for token in (second["refresh_token"], third["refresh_token"]):
        refused(api.post("/v1/auth/refresh", {"refresh_token": token}, key=None), 401, "bad-credentials")


def test_a_browser_keeps_its_refresh_token_in_a_cookie(stack, clinic):  # ID-13
    account = clinic.account("nurse")
    with httpx.Client(base_url=stack.url, trust_env=False) as browser:
        body = ok(browser.post("/v1/auth/sign-in",
                               json={"login": account["login"], "password": PASSWORD, "session": "cookie"}))
        assert "refresh_token" not in body
        refreshed = browser.post("/v1/auth/refresh")
        assert ok(refreshed)["access_token"]
        cookie = refreshed.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/v1/auth" in cookie
        # Another site's page gets nothing with it.
        stolen = browser.post("/v1/auth/refresh", headers={"sec-fetch-site": "cross-site"})
        refused(stolen, 401, "bad-credentials")
        headers = {"authorization": f"Bearer {body['access_token']}"}
        gone = browser.post("/v1/auth/sign-out", headers=headers)
        assert gone.status_code == 204 and "Max-Age=0" in gone.headers["set-cookie"]


def test_sign_up_ends_bound_to_the_record_of_that_address_and_birth_date(api, clinic, token_for, eventually):  # ID-5
    reception = clinic.staff("receptionist")
    address = fresh_address()
    record = clinic.add_patient(reception, email=address, birth_date="1990-02-28")
    assert sign_up(api, clinic, address).status_code == 202
    refused(sign_in_as(api, address, PASSWORD), 403, "email-not-verified")
    refused(sign_in_as(api, address, OTHER_PASSWORD), 401, "bad-credentials")
    token = token_for(address, "VERIFY")
    account = ok(api.post("/v1/auth/verify-email", {"token": token}))
    assert account["binding"] in ("PENDING", "BOUND")
    refused(api.post("/v1/auth/verify-email", {"token": token}), 422, "bad-token")

    def bound():
        client = api.sign_in(address, PASSWORD)
        return client if client.account.get("patient_id") else None
    patient = eventually(bound, 20)
    assert patient.account["patient_id"] == record["id"] and patient.account["binding"] == "BOUND"
    assert ok(patient.get(f"/v1/patients/{record['id']}"))["mrn"] == record["mrn"]
    other = clinic.add_patient(reception)
    refused(patient.get(f"/v1/patients/{other['id']}"), 404, "patient-not-found")


def test_sign_up_of_somebody_new_makes_a_record(api, clinic, token_for, eventually):  # ID-5
    address = fresh_address()
    ok(sign_up(api, clinic, address), 202)
    ok(api.post("/v1/auth/verify-email", {"token": token_for(address, "VERIFY")}))
    me = eventually(lambda: (got := api.sign_in(address, PASSWORD)).account.get("patient_id") and got, 20)
    record = ok(me.get(f"/v1/patients/{me.account['patient_id']}"))
    assert record["email"] == address and record["birth_date"] == "1990-02-28"


def test_a_stranger_with_the_address_is_not_bound(api, clinic, token_for, eventually):  # ID-5
    reception = clinic.staff("receptionist")
    address = fresh_address()  # mistyped at the desk: it is somebody else's
    record = clinic.add_patient(reception, email=address, birth_date="1971-07-07")
    ok(sign_up(api, clinic, address, birth_date="1990-02-28"), 202)
    account = ok(api.post("/v1/auth/verify-email", {"token": token_for(address, "VERIFY")}))
    refusals = eventually(lambda: [item for item in reception.items("/v1/patient-bindings", status="REFUSED")
                                   if item["account_id"] == account["id"]], 20)
    assert record["id"] in refusals[0].get("candidates", [])
    me = eventually(lambda: (got := api.sign_in(address, PASSWORD)).account["binding"] == "REFUSED" and got, 20)
    assert "patient_id" not in me.account
    refused(me.get(f"/v1/patients/{record['id']}"), 404, "patient-not-found")


def test_a_second_account_for_a_bound_record_is_refused(api, clinic, token_for, eventually):  # ID-5
    reception = clinic.staff("receptionist")
    address = fresh_address()
    clinic.add_patient(reception, email=address)
    # The record's address; then the record gets another one, and its new address signs up.
    ok(sign_up(api, clinic, address, birth_date="1985-04-03"), 202)
    ok(api.post("/v1/auth/verify-email", {"token": token_for(address, "VERIFY")}))
    me = eventually(lambda: (got := api.sign_in(address, PASSWORD)).account.get("patient_id") and got, 20)
    # Whoever shares the mailbox finds an account there already; nothing is said, nothing changes.
    ok(sign_up(api, clinic, address, OTHER_PASSWORD, birth_date="2010-01-01"), 202)
    assert api.sign_in(address, PASSWORD).account["patient_id"] == me.account["patient_id"]
    refused(sign_in_as(api, address, OTHER_PASSWORD), 401, "bad-credentials")


def test_an_invited_patient_accepts(api, clinic, token_for, eventually):  # ID-5
    reception = clinic.staff("receptionist")
    address = fresh_address()
    record = clinic.add_patient(reception, email=address)
    ok(settled_invite(reception, record), 202)
    token = token_for(address, "INVITE")
    refused(api.post("/v1/auth/accept-invite", {"token": token, "password": "password123"}), 422, "weak-password")
    ok(api.post("/v1/auth/accept-invite", {"token": token, "password": PASSWORD}), 204)
    refused(api.post("/v1/auth/accept-invite", {"token": token, "password": PASSWORD}), 422, "bad-token")
    me = eventually(lambda: (got := api.sign_in(address, PASSWORD)).account.get("patient_id") and got, 20)
    assert me.account["patient_id"] == record["id"]


def settled_invite(reception, record):
    return reception.post(f"/v1/patients/{record['id']}/invite")


def test_a_forgotten_password(api, clinic, token_for):  # ID-3
    address = fresh_address()
    made = ok(clinic.admin.post("/v1/accounts", {
        "login": f"n{uuid.uuid4().hex[:8]}", "email": address, "display_name": "Nadia", "password": PASSWORD,
        "memberships": [{"facility_id": clinic.facility["id"], "roles": ["nurse"]}]}), 201)
    known = api.post("/v1/auth/forgot-password", {"login": made["login"]})
    unknown = api.post("/v1/auth/forgot-password", {"login": f"nobody-{uuid.uuid4().hex[:6]}"})
    assert known.status_code == unknown.status_code == 202 and known.content == unknown.content
    token = token_for(address, "RESET")
    ok(api.post("/v1/auth/reset-password", {"token": token, "new_password": OTHER_PASSWORD}), 204)
    refused(api.post("/v1/auth/reset-password", {"token": token, "new_password": PASSWORD}), 422, "bad-token")
    refused(sign_in_as(api, address, PASSWORD), 401, "bad-credentials")
    api.sign_in(address, OTHER_PASSWORD)


def test_outbox_rows_with_tokens_are_gone_once_sent(api, clinic, database, eventually):  # ID-5
    address = fresh_address()
    ok(sign_up(api, clinic, address), 202)
    left = "SELECT count(*) FROM identity.outbox WHERE topic = 'ambula.account-mail.v1'"
    eventually(lambda: database.execute(left).fetchone()[0] == 0, 15)
    stored = database.execute("SELECT count(*) FROM identity.mail_token WHERE address = %s", [address]).fetchone()[0]
    assert stored == 1


def test_a_storm_of_sign_ins_leaves_the_rest_alone(api, clinic):  # ID-7
    import concurrent.futures
    nurse = clinic.staff("nurse")
    login = clinic.account("nurse")["login"]
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        storm = [pool.submit(sign_in_as, api, login, OTHER_PASSWORD) for _ in range(60)]
        took = []
        for _ in range(20):
            begun = time.monotonic()
            ok(nurse.get("/v1/patients"))
            took.append(time.monotonic() - begun)
        statuses = {one.result().status_code for one in storm}
    assert statuses <= {401, 429}
    assert sorted(took)[10] < 1.0


def test_open_to_nobody_else(api, stack):  # ID-2
    for path in ("/v1/patients", "/v1/me", "/v1/accounts", "/v1/audit", "/v1/dashboard"):
        answer = api.get(path)
        refused(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert api.get("/v1/facilities").status_code == 200
    assert settled(lambda: api.get("/.well-known/jwks.json"))["keys"]
    document = ok(api.get("/openapi.json"))
    assert "/v1/auth/register" in document["paths"]


def test_demo_accounts(sign_in):  # ID-6
    for login, role in (("rec001", "receptionist"), ("nur001", "nurse"), ("doc001", "doctor"), ("pharm001", "pharmacist"),
                        ("aud001", "auditor")):
        account = sign_in(login).account
        assert [membership["roles"] for membership in account["memberships"]] == [[role]]
    roots = [m for m in sign_in("admin").account["memberships"] if m["facility_id"] is None]
    assert roots and roots[0]["roles"] == ["installation_admin"]
