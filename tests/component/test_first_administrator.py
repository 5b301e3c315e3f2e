"""How an installation gets its administrators: the very first start tells a one-time password, once, and an operator makes one
on the running system [ID-6]."""

import datetime
import json
import re
import urllib.parse
import uuid

import psycopg
import pytest

from support.api import Api
from support.clinic import PASSWORD, ok, refused, stamp
from support.replica import Replica
from support.stack import ROOT, RUN_DIR

TOLD = re.compile(r"First administrator: (\S+)  one-time password: (\S+)")
MADE = re.compile(r"Administrator: (\S+)  one-time password: (\S+)\n")


def own_database(stack):
    """An empty database beside the installation's; answers its name and the identity role's URL."""
    name = f"first_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(stack.pg_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(stack.pg_url.rpartition("/")[0] + f"/{name}", autocommit=True) as connection:
        for extension in re.findall(r"(?i)create extension if not exists \w+ schema public", (ROOT / "libs/db/bootstrap.sql").read_text()):
            connection.execute(extension)
        connection.execute("CREATE SCHEMA identity AUTHORIZATION ambula_identity")
        connection.execute(f"ALTER ROLE ambula_identity IN DATABASE {name} SET search_path = identity, public")
    password = json.loads((RUN_DIR / "keys" / "passwords.json").read_text())["identity"]
    url = urllib.parse.urlsplit(stack.pg_url)
    return name, url._replace(netloc=f"ambula_identity:{password}@{url.netloc.rpartition('@')[2]}", path=f"/{name}").geturl()


class Newcomer(Replica):
    """A gateway on a database of its own. Kafka is out of its reach: it must not take the installation's events."""

    def __init__(self, stack, url: str, **settings: str):
        super().__init__(stack, "gateway", AMBULA_DB_URL=url, AMBULA_KAFKA_BROKERS="127.0.0.1:1", AMBULA_DEMO_PASSWORD="", **settings)

    def __exit__(self, *_):
        self.process.kill()  # nothing to drain
        super().__exit__()

    def ready_url(self) -> str:
        return f"{self.url}/v1/facilities"  # never ready without Kafka


@pytest.fixture
def empty(stack):
    name, url = own_database(stack)
    yield url
    with psycopg.connect(stack.pg_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_very_first_start_tells_a_password_once(stack, empty):  # ID-6, ID-12
    with Newcomer(stack, empty, AMBULA_FIRST_FACILITY_CODE="LAKE", AMBULA_FIRST_FACILITY_ZONE="Asia/Kolkata") as first:
        [(login, password)] = TOLD.findall(first.log())
        assert first.log().count(password) == 1, "in no other line"
        admin = Api(first.url).sign_in(login, password)
        assert admin.account["must_change_password"]
        refused(admin.get("/v1/accounts"), 403, "password-change-required")
        ok(admin.post("/v1/auth/change-password", {"current_password": password, "new_password": PASSWORD}, key=None), 204)
        admin = Api(first.url).sign_in(login, PASSWORD)
        [facility] = admin.items("/v1/facilities")
        assert (facility["code"], facility["zone"]) == ("LAKE", "Asia/Kolkata")
        assert {role for one in admin.account["memberships"] for role in one["roles"]} == {"admin", "installation_admin"}
        # Somebody must be left who administers the installation.
        refused(admin.patch(f"/v1/accounts/{admin.account['id']}", {"memberships": [
            {"facility_id": facility["id"], "roles": ["admin"]}]}, if_match=admin.get(f"/v1/accounts/{admin.account['id']}").headers["etag"]),
            409, "last-administrator")
    with Newcomer(stack, empty) as again:
        assert not TOLD.search(again.log()) and "one-time" not in again.log()
        refused(Api(again.url).post("/v1/auth/sign-in", {"login": login, "password": password}), 401, "bad-credentials")
        Api(again.url).sign_in(login, PASSWORD)


def made_by(done):
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return MADE.fullmatch(done.stdout).groups()


def test_an_operator_makes_an_administrator_of_a_running_system(stack, api):  # ID-6
    wanted = f"ops-{uuid.uuid4().hex[:8]}"
    login, password = made_by(stack.operator("gateway", "create-admin", wanted))
    assert login == wanted
    account = api.sign_in(login, password).account
    assert account["must_change_password"]
    assert [one["roles"] for one in account["memberships"] if one["facility_id"] is None] == [["installation_admin"]]


def test_an_operator_gives_an_administrator_access_back(stack, api, sign_in, eventually):  # ID-6
    login, password = made_by(stack.operator("gateway", "create-admin", f"ops-{uuid.uuid4().hex[:8]}"))
    lost = api.sign_in(login, password)
    ok(lost.post("/v1/auth/change-password", {"current_password": password, "new_password": PASSWORD}, key=None), 204)
    signed_in = api.sign_in(login, PASSWORD)
    ok(sign_in("admin").post(f"/v1/accounts/{lost.account['id']}/deactivate"))
    refused(api.post("/v1/auth/sign-in", {"login": login, "password": PASSWORD}), 401, "bad-credentials")
    _, new = made_by(stack.operator("gateway", "create-admin", login.upper()))
    back = api.sign_in(login, new)
    assert (back.account["id"], back.account["must_change_password"], back.account["active"]) == (lost.account["id"], True, True)
    eventually(lambda: signed_in.get("/v1/me").status_code == 401, 5)
    refused(api.post("/v1/auth/sign-in", {"login": login, "password": PASSWORD}), 401, "bad-credentials")


def test_what_an_operator_does_is_written_down(stack, api, sign_in):  # ID-6, AUD-1
    begun = stamp(datetime.datetime.now(datetime.timezone.utc))
    login, password = made_by(stack.operator("gateway", "create-admin", f"ops-{uuid.uuid4().hex[:8]}"))
    account = api.sign_in(login, password).account
    made_by(stack.operator("gateway", "create-admin", login))
    rows = [row for row in sign_in("admin").items("/v1/audit", **{"from": begun}) if row.get("resource") == f"account/{account['id']}"]
    # The installation's own rows are for who reads the audit of the whole; the first facility's auditors have one of each command.
    assert len(rows) == 2 and len({row["request_id"] for row in rows}) == 2
    assert all(row["changed"] and row["facility_id"] and "actor_id" not in row for row in rows)


@pytest.mark.parametrize("arguments, code", [((), 2), (("one", "two"), 2), (("not a login",), 1)])
def test_an_operators_mistake_is_told_in_one_line(stack, arguments, code):  # ID-6
    done = stack.operator("gateway", "create-admin", *arguments)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, "", 1), done
    assert done.stderr.startswith("ambula-gateway: ")
