"""A backup brings everything back [OPS-8]: dumped while people work, restored into a new database with new topics, as docs/operations/backup.md
tells; and keys and passwords change without anybody being thrown out. On an installation of its own, because it is destroyed."""

import base64
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import urllib.parse

import psycopg
import pytest

from support.api import Api
from support.clinic import Clinic, ok, settled
from support.eventually import eventually
from support.journal import SCHEMAS, Judge, Load, prepare
from support.kafka_reader import KafkaReader
from support.mailbox import MailBox
from support.replica import Replica
from support.stack import ROOT, RUN_DIR, Stack
from support.visit import Visit

BACKUP = ROOT / "helm/ambula/backup"
BINARIES = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release") / "bin"
SEED = int(os.environ.get("AMBULA_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))
KEY = "restore-the-same-key"
PERSON = {"given_name": "Kept", "family_name": "Sample", "birth_date": "1985-04-03", "sex": "FEMALE"}


@pytest.fixture(scope="module")
def own():
    # Inherited by its gateway: destroying and restoring may take longer on a busy machine than a token lives.
    os.environ["AMBULA_ACCESS_TOKEN_S"] = "900"
    stack = Stack(RUN_DIR.parent / "restore", up=("--no-demo",))
    stack.control("reset", "--quiet")
    stack.ensure_up()
    yield stack
    stack.control("reset", "--quiet")
    del os.environ["AMBULA_ACCESS_TOKEN_S"]


@pytest.fixture
def clinic(own):
    """Signed in anew for each test: after the rotation, what the old key signed is worth nothing."""
    return Clinic(Api(own.url), Api(own.url).sign_in("admin", own.demo_password))


def claims_of(client: Api) -> dict:
    head = client.token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def replace_process(stack, name: str, **settings: str) -> None:
    stack.kill(name, signal.SIGTERM)
    eventually(lambda: not stack.is_alive(name), 30)
    stack.ensure_up(**settings)


def test_the_signing_key_rotates(own, clinic):
    """docs/operations/rotate.md, step by step."""
    keys = own.run_dir / "keys"
    reception = clinic.staff("receptionist")
    old_kid = claims_of(reception)["kid"]
    new = subprocess.run("openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt", shell=True, capture_output=True, check=True).stdout

    def publish(*arguments: str) -> None:
        (keys / "jwks.json").write_bytes(subprocess.run([BINARIES / "ambula-gateway", "jwks", *arguments], capture_output=True, check=True).stdout)
    # 2. Services know both keys before one of them is used.
    (keys / "signing-old.pem").write_bytes((keys / "signing.pem").read_bytes())
    (keys / "signing-new.pem").write_bytes(new)
    publish("--signing-key", str(keys / "signing-new.pem"), "--old-signing-key", str(keys / "signing-old.pem"))
    replace_process(own, "patient")
    assert settled(lambda: reception.get("/v1/patients")) is not None
    # 3. The gateway signs with the new one and takes both.
    (keys / "signing.pem").write_bytes(new)
    publish("--signing-key", str(keys / "signing.pem"), "--old-signing-key", str(keys / "signing-old.pem"))  # newer than the key: ./dev keeps it
    replace_process(own, "gateway", AMBULA_OLD_SIGNING_KEY_FILE=str(keys / "signing-old.pem"))
    fresh = clinic.staff("receptionist")
    assert claims_of(fresh)["kid"] != old_kid
    assert settled(lambda: reception.get("/v1/patients")) is not None, "who was signed in stays so"
    assert settled(lambda: fresh.get("/v1/patients")) is not None
    # 4. The old one is taken away.
    publish("--signing-key", str(keys / "signing.pem"))
    replace_process(own, "patient")
    replace_process(own, "gateway")
    assert reception.get("/v1/patients").status_code == 401
    assert settled(lambda: fresh.get("/v1/patients")) is not None
    for name in ("scheduling", "queue", "consultation", "pharmacy", "notification"):
        replace_process(own, name)


def test_a_database_password_changes_without_a_gap(own, clinic):
    """docs/operations/rotate.md, step by step: a second login bridges the moment at which the first one's password changes."""
    reception = clinic.staff("receptionist")
    file = own.run_dir / "keys/passwords.json"
    with psycopg.connect(own.pg_url, autocommit=True) as database:
        # 1. A login that works as the service's role.
        database.execute("CREATE ROLE ambula_patient_next LOGIN PASSWORD 'bridge' IN ROLE ambula_patient")
        database.execute("ALTER ROLE ambula_patient_next IN DATABASE ambula SET role = 'ambula_patient'")
        bridge = f"postgresql://ambula_patient_next:bridge@{own.pg_url.rpartition('@')[2]}"
        with psycopg.connect(bridge) as bridged:
            assert bridged.execute("SELECT current_user").fetchone()[0] == "ambula_patient", "what a migration makes belongs to the role"
        # 2. New pods sign in with it, old ones drain.
        with Replica(own, "patient", AMBULA_DB_URL=bridge) as other:
            through_bridge = Api(other.url, reception.token)
            settled(lambda: through_bridge.post("/v1/patients", PERSON | {"given_name": "Bridged"}), 201)
            own.kill("patient", signal.SIGTERM)
            eventually(lambda: not own.is_alive("patient"), 30)
            # 3. Nobody signs in with the first login now.
            database.execute("ALTER ROLE ambula_patient PASSWORD 'changed-while-people-work'")
            file.write_text(json.dumps(json.loads(file.read_text()) | {"patient": "changed-while-people-work"}))
            assert ok(through_bridge.get("/v1/patients")) is not None
            # 4. New pods sign in as before, with the new password.
            own.ensure_up()
            assert settled(lambda: reception.get("/v1/patients")) is not None
            assert ok(through_bridge.get("/v1/patients")) is not None
        # 5. Nothing belongs to the bridge, so it can go.
        database.execute("DROP ROLE ambula_patient_next")
    assert settled(lambda: reception.get("/v1/patients")) is not None


def test_what_was_acknowledged_before_the_dump_is_there(own, clinic, tmp_path):
    address = f"{clinic.tag}@patients.example"
    visit = Visit(clinic, email=address)
    busy = prepare(Visit(clinic, prescribed=5000, email=f"busy-{address}"))
    MailBox(own.mail_url).wait_for(address, deadline_s=30)
    kept = ok(visit.reception.post("/v1/patients", PERSON, key=KEY), 201)
    before = seen(visit)
    facility = clinic.facility["id"]

    with psycopg.connect(own.pg_url, autocommit=True) as database:
        database.execute("CREATE ROLE ambula_backup LOGIN PASSWORD 'only-reads%21'")
        database.execute("GRANT pg_read_all_data TO ambula_backup")
        database.execute("GRANT CONNECT ON DATABASE ambula TO ambula_backup")
    with Load(busy, SEED) as load:
        load.wait_for(40, 120)
        told = [entry for entry in list(load.journal) if entry.acknowledged]
        dump = back_up(own, tmp_path)
        assert load.acknowledged() > len(told), "nobody worked while the dump was made"
        load.wait_for(5)
    lost = ok(visit.reception.post("/v1/patients", PERSON | {"given_name": "Lost"}), 201)

    lose_everything(own)
    restored = restore(own, dump)
    assert restored.returncode == 0, restored.stderr
    again = restore(own, dump)
    assert again.returncode != 0 and "restore into a new one" in again.stderr
    own.ensure_up()

    # Sessions, accounts and their passwords are those of the dump; so is what was answered to which key.
    assert seen(visit) == before
    assert ok(visit.reception.post("/v1/patients", PERSON, key=KEY), 201)["id"] == kept["id"]
    assert visit.reception.get(f"/v1/patients/{lost['id']}").status_code == 404
    with psycopg.connect(own.pg_url, autocommit=True) as database:
        judge = Judge(database, facility)
        assert judge.acknowledged_once(told) == [], f"seed {SEED}"
        eventually(lambda: not judge.unsent(), 60)
        eventually(lambda: judge.projections() == [], 60)
        # Work goes on in every service, on new topics.
        Visit(clinic, email=f"after-{address}")
        MailBox(own.mail_url).wait_for(f"after-{address}", deadline_s=30)
        eventually(lambda: not judge.unsent(), 30)
        faults = judge.parked() + judge.no_overlap() + judge.tickets() + judge.stock() + judge.dispensed() + judge.projections()
        assert faults == []
        for schema in SCHEMAS:
            assert database.execute(f"SELECT count(*) FROM {schema}.consumer_offset WHERE next_offset > 0").fetchone()[0] or schema == "identity"
    # The catcher was empty after the loss: the events of the last day came once more, and nobody was told twice.
    assert MailBox(own.mail_url).messages(address) == []
    assert KafkaReader(own.brokers).read("ambula.patient.v1"), "the topics are made anew"


def seen(visit: Visit) -> dict:
    """What people see of the visit, through every service."""
    clients = {"desk": visit.reception, "doctor": visit.doctor_client, "counter": visit.pharmacist}
    paths = [("desk", f"/v1/patients/{visit.patient['id']}"), ("desk", f"/v1/appointments/{visit.appointment['id']}"),
             ("desk", f"/v1/queue-entries/{visit.entry['id']}"), ("doctor", f"/v1/consultations/{visit.consultation['id']}"),
             ("counter", f"/v1/pharmacy/prescriptions/{visit.prescription['id']}"), ("counter", f"/v1/pharmacy/medicines/{visit.medicine['id']}"),
             ("doctor", f"/v1/patients/{visit.patient['id']}/history")]

    def settled():
        # The last event may still be on its way to the history and the appointment.
        first = {path: ok(clients[who].get(path)) for who, path in paths}
        told = [item["event"] for item in first[f"/v1/patients/{visit.patient['id']}/history"]["items"]]
        return first[f"/v1/appointments/{visit.appointment['id']}"]["status"] == "COMPLETED" and "PrescriptionPartlyDispensed" in told and first
    return eventually(settled, 30)


def back_up(own, folder):
    """With a role that may only read; old dumps go, the last one never."""
    expired = folder / "ambula-20200101T000000Z.dump"
    expired.write_text("old")
    os.utime(expired, (time.time() - 40 * 86400,) * 2)
    url = urllib.parse.urlsplit(own.pg_url)
    env = os.environ | {"AMBULA_BACKUP_URL": f"postgresql://ambula_backup:only-reads%2521@{url.netloc.rpartition('@')[2]}/ambula",
                        "AMBULA_BACKUP_KEEP_DAYS": "30"}
    done = subprocess.run(["bash", BACKUP / "backup.sh", folder], env=env, capture_output=True, text=True)
    assert done.returncode == 0 and re.search(r"\d+ tables, \d+ bytes", done.stdout), done.stderr
    dumps = list(folder.glob("ambula-*.dump"))
    assert len(dumps) == 1 and not expired.exists()
    env["AMBULA_BACKUP_URL"] = env["AMBULA_BACKUP_URL"].replace("only-reads", "wrong")
    refused = subprocess.run(["bash", BACKUP / "backup.sh", folder], env=env, capture_output=True, text=True)
    assert refused.returncode != 0 and list(folder.iterdir()) == dumps, "a dump that failed leaves nothing behind"
    return dumps[0]


def lose_everything(own) -> None:
    """The database and the topics."""
    own.control("down")
    shutil.rmtree(own.run_dir / "kafka")
    # Where clients know it: else whoever took a port meanwhile would move everything.
    same = {"AMBULA_PORT_BASE": (own.run_dir / "port_base").read_text()}
    own.control("up", "--infra", "--throwaway", **same)
    with psycopg.connect(own.pg_url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE ambula WITH (FORCE)")
    own.control("up", "--infra", "--throwaway", **same)  # makes it anew, empty, by libs/db/bootstrap.sql


def restore(own, dump):
    env = os.environ | {"AMBULA_RESTORE_URL": own.pg_url}
    return subprocess.run(["bash", BACKUP / "restore.sh", dump], env=env, capture_output=True, text=True)
