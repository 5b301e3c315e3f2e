"""The signing key rotates while people work on two replicas of everything, step by step as docs/operations/rotate.md tells, and nobody is
refused. On an installation of its own: what the old key signed is worth nothing afterwards."""

import os
import random
import signal
import subprocess

import pytest

from support.api import Api
from support.clinic import Clinic, ok
from support.eventually import eventually
from support.journal import Load, prepare
from support.replicas import PROCESSES, Replicas
from support.stack import ROOT, RUN_DIR, Stack
from support.visit import Visit

BINARIES = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release") / "bin"
SEED = int(os.environ.get("AMBULA_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))


@pytest.fixture(scope="module")
def own():
    os.environ["AMBULA_ACCESS_TOKEN_S"] = "900"  # inherited by its gateway: the load signs in once
    stack = Stack(RUN_DIR.parent / "rotate", up=("--no-demo",))
    stack.control("reset", "--quiet")
    try:
        stack.ensure_up()
        yield stack
    finally:
        stack.control("reset", "--quiet")
        del os.environ["AMBULA_ACCESS_TOKEN_S"]


class TwoReplicas:
    """The installation and a second of each; one of the two is out of the load's sight while it is replaced, as in a rollout."""

    def __init__(self, own, load):
        self.own, self.load = own, load

    def __enter__(self):
        self._begin_second()
        return self

    def __exit__(self, *_):
        self.second.__exit__()

    def _begin_second(self) -> None:
        self.second = Replicas(self.own, BINARIES).__enter__()
        self.load.urls.append(self.second.url)
        self.load.wait_for(10, 120)

    def replace_first(self, **settings: str) -> None:
        self.load.urls.pop(0)
        self.load.wait_for(10, 120)  # what the first was asked is answered
        for name in PROCESSES:
            self.own.kill(name, signal.SIGTERM)
        eventually(lambda: not any(self.own.is_alive(name) for name in PROCESSES), 40)
        self.own.ensure_up(**settings)
        self.load.urls.insert(0, self.own.url)
        self.load.wait_for(10, 120)

    def replace_second(self) -> None:
        self.retire()
        self._begin_second()

    def retire(self) -> None:
        self.load.urls.pop()
        self.load.wait_for(10, 120)
        assert self.second.retire() == dict.fromkeys(PROCESSES, 0)


def refreshed(url: str, session: dict):
    return Api(url).post("/v1/auth/refresh", {"refresh_token": session["refresh_token"]})


@pytest.fixture(scope="module")
def rotated(own):
    """The load, and what was answered in the middle of step 3, when one gateway was replaced and the other was not."""
    keys = own.run_dir / "keys"
    clinic = Clinic(Api(own.url), Api(own.url).sign_in("admin", own.demo_password))
    visit = prepare(Visit(clinic, prescribed=5000, email=f"rotate-{clinic.tag}@patients.example"))
    admin = {"login": "admin", "password": own.demo_password}
    new = subprocess.run("openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt", shell=True, capture_output=True, check=True).stdout

    def publish(current: str) -> None:
        both = ("--signing-key", str(keys / current), "--old-signing-key", str(keys / "signing-old.pem"))
        (keys / "jwks.json").write_bytes(subprocess.run([BINARIES / "ambula-gateway", "jwks", *both], capture_output=True, check=True).stdout)
    (keys / "signing-old.pem").write_bytes((keys / "signing.pem").read_bytes())
    (keys / "signing-new.pem").write_bytes(new)
    with Load(visit, SEED) as load, TwoReplicas(own, load) as two:
        # 2. All know both keys before one of them is used.
        publish("signing-new.pem")
        two.replace_first(AMBULA_OLD_SIGNING_KEY_FILE=str(keys / "signing-new.pem"))
        two.replace_second()
        # 3. The gateway signs with the new one and takes both; a replica that has not been replaced yet takes what the new one signed.
        (keys / "signing.pem").write_bytes(new)
        publish("signing.pem")
        before = ok(Api(two.second.url).post("/v1/auth/sign-in", admin))
        two.replace_first(AMBULA_OLD_SIGNING_KEY_FILE=str(keys / "signing-old.pem"))
        fresh = ok(Api(own.url).post("/v1/auth/sign-in", admin))
        answers = {"an old token at the new one": Api(own.url, before["access_token"]).get("/v1/me"),
                   "a new token at the old one": Api(two.second.url, fresh["access_token"]).get("/v1/me"),
                   "an old session at the new one": refreshed(own.url, before),
                   "a new session at the old one": refreshed(two.second.url, fresh)}
        two.replace_second()
        two.retire()
    return load, answers


def test_nobody_who_works_is_refused_while_the_signing_key_rotates(rotated):
    load, _ = rotated
    failed = {(entry.marker, each) for entry in load.journal for each in entry.trouble} - {
        (entry.marker, "503 projection-behind") for entry in load.journal}
    assert not failed, f"seed {SEED}: of {len(load.journal)} commands {sorted(failed)[:10]}"
    assert not [entry.marker for entry in load.journal if entry.status in (401, 403)], f"seed {SEED}"
    assert sum(entry.acknowledged for entry in load.journal) > 80


@pytest.mark.parametrize("what", ["an old token at the new one", "a new token at the old one", "an old session at the new one",
                                  "a new session at the old one"])
def test_both_gateways_take_what_either_signed(rotated, what):
    answer = rotated[1][what]
    assert answer.status_code == 200, answer.text
