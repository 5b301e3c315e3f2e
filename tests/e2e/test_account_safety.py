"""Accounts when something goes wrong, by the mails that people really get: forgotten passwords, addresses that are mistyped,
shared or given to a second account, stolen refresh tokens, disabled people, guessers [ID-1 ID-3 ID-5 ID-7]."""

import itertools
import re
import threading
import time
import uuid

import httpx
import pytest

from support.api import Api
from support.clinic import PASSWORD, Clinic, ok, refused, settled
from support.replica import Replica

OTHER_PASSWORD = "another-long-pass-phrase"
DISABLED_WITHIN_S = 5


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


def fresh_address(name="p") -> str:
    return f"{name}{uuid.uuid4().hex[:12]}@mail.example"


def mailed_token(mail, eventually, address: str, page: str, but: str | None = None) -> str:
    """The single-use token in the link of the newest mail to this address."""
    def newest():
        for message in reversed(mail.messages(address)):
            found = re.search(rf"/{page}#token=([\w.~-]+)", message["text"])
            if found:
                return found[1] if found[1] != but else None
        return None
    return eventually(newest, 30)


def sign_up(api, clinic, address, birth_date, password=PASSWORD):
    person = {"given_name": "Asha", "family_name": "Muster", "birth_date": birth_date, "sex": "FEMALE"}
    ok(api.post("/v1/auth/register", {"facility_id": clinic.facility["id"], "email": address, "password": password,
                                      "patient": person}), 202)


def signed_up(api, clinic, mail, eventually, address, birth_date):
    """The account of somebody who followed the mail."""
    sign_up(api, clinic, address, birth_date)
    return ok(api.post("/v1/auth/verify-email", {"token": mailed_token(mail, eventually, address, "verify-email")}))


def refusal_of(desk, eventually, account):
    return eventually(lambda: next((one for one in desk.items("/v1/patient-bindings", status="REFUSED")
                                    if one["account_id"] == account["id"]), None), 20)


def bound(api, eventually, address):
    return eventually(lambda: (got := api.sign_in(address, PASSWORD)).account.get("patient_id") and got, 20)


def test_a_forgotten_password_is_replaced_by_the_mail_and_ends_every_sign_in(api, clinic, mail, eventually):  # ID-3 NOT-3
    address = fresh_address("forgot")
    made = ok(clinic.admin.post("/v1/accounts", {
        "login": f"n{uuid.uuid4().hex[:8]}", "email": address, "display_name": "Nadia", "password": PASSWORD,
        "memberships": [{"facility_id": clinic.facility["id"], "roles": ["nurse"]}]}), 201)
    session = ok(api.post("/v1/auth/sign-in", {"login": made["login"], "password": PASSWORD}, key=None))
    signed_in = Api(api.url, session["access_token"])
    ok(signed_in.get("/v1/me"))
    ok(api.post("/v1/auth/forgot-password", {"login": address}), 202)
    token = mailed_token(mail, eventually, address, "reset-password")
    message = mail.messages(address)[-1]
    assert PASSWORD not in message["text"] and made["login"] not in message["subject"]
    refused(api.post("/v1/auth/reset-password", {"token": token, "new_password": "password123"}), 422, "weak-password")
    ok(api.post("/v1/auth/reset-password", {"token": token, "new_password": OTHER_PASSWORD}), 204)
    refused(api.post("/v1/auth/reset-password", {"token": token, "new_password": OTHER_PASSWORD}), 422, "bad-token")
    refused(api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}, key=None), 401, "bad-credentials")
    eventually(lambda: signed_in.get("/v1/me").status_code == 401, DISABLED_WITHIN_S)
    refused(api.post("/v1/auth/sign-in", {"login": address, "password": PASSWORD}, key=None), 401, "bad-credentials")
    # A newer mail makes the older one worthless.
    ok(api.post("/v1/auth/forgot-password", {"login": address}), 202)
    older = mailed_token(mail, eventually, address, "reset-password", but=token)
    ok(api.post("/v1/auth/forgot-password", {"login": address}), 202)
    newer = mailed_token(mail, eventually, address, "reset-password", but=older)
    refused(api.post("/v1/auth/reset-password", {"token": older, "new_password": OTHER_PASSWORD}), 422, "bad-token")
    ok(api.post("/v1/auth/reset-password", {"token": newer, "new_password": PASSWORD}), 204)
    api.sign_in(address, PASSWORD)


def test_an_invitation_to_a_mistyped_address_gives_nothing_away(api, clinic, desk, mail, eventually):  # ID-5
    wrong, right = fresh_address("wrong"), fresh_address("right")
    record = clinic.add_patient(desk, email=wrong)
    ok(desk.post(f"/v1/patients/{record['id']}/invite"), 202)
    token = mailed_token(mail, eventually, wrong, "accept-invite")
    # The desk hears of it and corrects the record before the stranger follows the link.
    path = f"/v1/patients/{record['id']}"
    ok(desk.patch(path, {"email": right}, if_match=desk.get(path).headers["etag"]))
    answer = api.post("/v1/auth/accept-invite", {"token": token, "password": PASSWORD})
    assert answer.status_code == 204
    stranger = eventually(lambda: (got := api.sign_in(wrong, PASSWORD)).account.get("binding") == "REFUSED" and got, 20)
    assert "patient_id" not in stranger.account
    refused(stranger.get(path), 404, "patient-not-found")
    assert list(stranger.items("/v1/patients")) == []
    told = refusal_of(desk, eventually, stranger.account)
    assert told["reason"] == "EMAIL_DIFFERS" and told["candidates"] == [record["id"]]
    # The right one still gets it.
    ok(desk.post(f"{path}/invite"), 202)
    ok(api.post("/v1/auth/accept-invite", {"token": mailed_token(mail, eventually, right, "accept-invite"),
                                           "password": PASSWORD}), 204)
    assert bound(api, eventually, right).account["patient_id"] == record["id"]


def test_a_shared_address_binds_nobody_to_the_other_ones_record(api, clinic, desk, mail, eventually):  # ID-5
    shared = fresh_address("family")
    mother = clinic.add_patient(desk, given_name="Mother", email=shared, birth_date="1980-01-02")
    clinic.add_patient(desk, given_name="Child", birth_date="2012-03-04")
    account = signed_up(api, clinic, mail, eventually, shared, "2012-03-04")
    told = refusal_of(desk, eventually, account)
    assert told["reason"] == "BIRTH_DATE_DIFFERS" and told["candidates"] == [mother["id"]]
    assert (told["given_name"], told["birth_date"]) == ("Asha", "2012-03-04")
    child = eventually(lambda: (got := api.sign_in(shared, PASSWORD)).account["binding"] == "REFUSED" and got, 20)
    assert "patient_id" not in child.account
    for path in ("", "/history", "/allergies"):
        refused(child.get(f"/v1/patients/{mother['id']}{path}"), 404, "patient-not-found")
    refused(child.post("/v1/appointments", {"patient_id": mother["id"], "doctor_id": str(uuid.uuid4())}), 404,
            "patient-not-found")
    assert "account_id" not in ok(desk.get(f"/v1/patients/{mother['id']}"))


def test_a_record_has_one_account(api, clinic, desk, mail, eventually):  # ID-5
    first, second = fresh_address("first"), fresh_address("second")
    record = clinic.add_patient(desk, email=first, birth_date="1977-07-07")
    signed_up(api, clinic, mail, eventually, first, "1977-07-07")
    owner = bound(api, eventually, first)
    assert owner.account["patient_id"] == record["id"]
    # The record gets another address, whose owner knows the birth date too.
    path = f"/v1/patients/{record['id']}"
    ok(desk.patch(path, {"email": second}, if_match=desk.get(path).headers["etag"]))
    account = signed_up(api, clinic, mail, eventually, second, "1977-07-07")
    told = refusal_of(desk, eventually, account)
    assert told["reason"] == "ALREADY_BOUND" and told["candidates"] == [record["id"]]
    refused(api.sign_in(second, PASSWORD).get(path), 404, "patient-not-found")
    assert ok(owner.get(path))["id"] == record["id"]


def test_a_stolen_refresh_token_ends_the_whole_family(api, clinic, database, eventually):  # ID-1
    login = clinic.account("nurse")["login"]
    other = ok(api.post("/v1/auth/sign-in", {"login": login, "password": PASSWORD}, key=None))
    stolen = ok(api.post("/v1/auth/sign-in", {"login": login, "password": PASSWORD}, key=None))["refresh_token"]
    owners = ok(api.post("/v1/auth/refresh", {"refresh_token": stolen}, key=None))
    latest = ok(api.post("/v1/auth/refresh", {"refresh_token": owners["refresh_token"]}, key=None))
    at_work = Api(api.url, latest["access_token"])
    ok(at_work.get("/v1/me"))
    # Two generations back is no repeat, however quick.
    refused(api.post("/v1/auth/refresh", {"refresh_token": stolen}, key=None), 401, "bad-credentials")
    refused(api.post("/v1/auth/refresh", {"refresh_token": latest["refresh_token"]}, key=None), 401, "bad-credentials")
    eventually(lambda: at_work.get("/v1/me").status_code == 401, DISABLED_WITHIN_S)
    # The account's other sign-in is another family, and it is written down who tried.
    ok(api.post("/v1/auth/refresh", {"refresh_token": other["refresh_token"]}, key=None))
    rows = list(clinic.admin.items("/v1/audit", action="refresh_reuse"))
    assert rows[0]["actor_login"] == login and rows[0]["outcome"] == "REFUSED"

    # One generation back is a repeat for ten seconds only.
    first = ok(api.post("/v1/auth/sign-in", {"login": login, "password": PASSWORD}, key=None))["refresh_token"]
    ok(api.post("/v1/auth/refresh", {"refresh_token": first}, key=None))
    repeated = ok(api.post("/v1/auth/refresh", {"refresh_token": first}, key=None))
    database.execute("UPDATE identity.session s SET rotated_at = rotated_at - interval '11 s' FROM identity.account a "
                     "WHERE a.id = s.account_id AND a.login = %s", [login])
    refused(api.post("/v1/auth/refresh", {"refresh_token": first}, key=None), 401, "bad-credentials")
    refused(api.post("/v1/auth/refresh", {"refresh_token": repeated["refresh_token"]}, key=None), 401, "bad-credentials")


def test_who_is_disabled_is_out_everywhere_within_five_seconds(api, clinic, desk, stack, eventually):  # ID-3
    """On the replica that was told and on another, with access token, refresh token, cookie and an open live view."""
    account = clinic.account("receptionist")
    queue = settled_queue(desk, clinic, eventually)
    with Replica(stack, "gateway") as replica:
        session = ok(api.post("/v1/auth/sign-in", {"login": account["login"], "password": PASSWORD}, key=None))
        here = Api(api.url, session["access_token"])
        there = Api(replica.url, session["access_token"])
        browser = httpx.Client(base_url=replica.url, trust_env=False)
        browser.post("/v1/auth/sign-in", json={"login": account["login"], "password": PASSWORD, "session": "cookie"})
        for one in (here, there):
            ok(one.get("/v1/patients"))
        live = [LiveView(url, session["access_token"], queue) for url in (api.url, replica.url)]
        for one in live:
            assert one.opened.wait(10)
        begun = time.monotonic()
        ok(clinic.admin.post(f"/v1/accounts/{account['id']}/deactivate"))
        for one in (here, there):
            eventually(lambda: one.get("/v1/patients").status_code == 401, DISABLED_WITHIN_S)
        for one in live:
            assert one.ended.wait(max(0.1, begun + DISABLED_WITHIN_S - time.monotonic()))
        assert time.monotonic() - begun < DISABLED_WITHIN_S
        refused(api.post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]}, key=None), 401, "bad-credentials")
        refused(browser.post("/v1/auth/refresh"), 401, "bad-credentials")
        for url in (api.url, replica.url):
            refused(Api(url).post("/v1/auth/sign-in", {"login": account["login"], "password": PASSWORD}, key=None), 401,
                    "bad-credentials")
        browser.close()


def settled_queue(desk, clinic, eventually) -> str:
    return eventually(lambda: next(iter(desk.items("/v1/queues", department_id=clinic.department["id"])), None), 20)["id"]


class LiveView:
    """A queue's stream, read until somebody ends it."""

    def __init__(self, url: str, token: str, queue: str):
        self.opened, self.ended = threading.Event(), threading.Event()
        self._url, self._token = f"{url}/v1/queues/{queue}/stream", token
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            with httpx.stream("GET", self._url, headers={"Authorization": f"Bearer {self._token}"}, timeout=60,
                              trust_env=False) as answer:
                if answer.status_code == 200:
                    self.opened.set()
                for _ in answer.iter_bytes():
                    pass
        except httpx.HTTPError:
            pass
        self.ended.set()


def test_a_guesser_does_not_lock_a_doctor_out(clinic, stack):  # ID-7
    """With the limits of a real installation: a stranger tries a doctor's login until told to wait; the doctor, who comes
    from another address, signs in at once."""
    login = clinic.account("doctor")["login"]
    with Replica(stack, "gateway", AMBULA_GATEWAY_RATE_LIMIT_SCALE="1", AMBULA_GATEWAY_TRUSTED_PROXIES="127.0.0.0/8") as door:
        def try_from(address, password):
            return Api(door.url).request("POST", "/v1/auth/sign-in", {"login": login, "password": password}, key=None,
                                         headers={"X-Forwarded-For": address})
        answers = [try_from("203.0.113.7", OTHER_PASSWORD) for _ in range(8)]
        assert [one.status_code for one in answers[:5]] == [401] * 5
        told = refused(answers[-1], 429, "too-many-sign-ins")
        assert int(answers[-1].headers["retry-after"]) >= 10 and login not in str(told)
        # Not even the right password opens it from there …
        assert try_from("203.0.113.7", PASSWORD).status_code == 429
        # … but the doctor is not where the stranger is, nor is a colleague at the stranger's address kept out.
        assert try_from("198.51.100.9", PASSWORD).status_code == 200
        colleague = clinic.account("nurse")["login"]
        assert Api(door.url).request("POST", "/v1/auth/sign-in", {"login": colleague, "password": PASSWORD}, key=None,
                                     headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200
        # An address made up by the client itself is not believed when it does not come through a proxy of ours.
    with Replica(stack, "gateway", AMBULA_GATEWAY_RATE_LIMIT_SCALE="1", AMBULA_GATEWAY_TRUSTED_PROXIES="") as door:
        statuses = [Api(door.url).request("POST", "/v1/auth/sign-in", {"login": login, "password": OTHER_PASSWORD}, key=None,
                                          headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(8)]
        assert statuses[-1] == 429


def test_the_zone_stands_once_people_came(api, sign_in, eventually):  # ID-12
    clinic = Clinic(api, sign_in("admin"))
    path = f"/v1/facilities/{clinic.facility['id']}"

    def move(zone):
        return clinic.admin.patch(path, {"zone": zone}, if_match=clinic.admin.get(path).headers["etag"])

    assert ok(move("Europe/Berlin"))["zone"] == "Europe/Berlin"
    assert ok(move(clinic.facility["zone"]))["zone"] == clinic.facility["zone"]
    desk = clinic.staff("receptionist")
    doctor, _ = clinic.add_doctor()
    patient = clinic.add_patient(desk)
    slot = clinic.slots(desk, doctor, 1)[0]
    settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": slot["starts_at"]}), 201)
    # Until identity has heard of it each of these is a change, so the first refusal is one for the right reason.
    zones = itertools.cycle(("Europe/Berlin", "Asia/Tokyo", "America/Lima"))
    refused(eventually(lambda: (got := move(next(zones))).status_code != 200 and got, 20), 409, "zone-frozen")
    # Everything else can still change.
    assert ok(clinic.admin.patch(path, {"name": "New name"}, if_match=clinic.admin.get(path).headers["etag"]))["name"] == "New name"
