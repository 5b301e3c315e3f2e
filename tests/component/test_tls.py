"""TLS at the gateway [ID-13]: a real process with certificate files that change under it."""

import http.client
import pathlib
import shutil
import socket
import ssl
import subprocess
import time

import httpx
import pytest

from support.certificate import make_certificate
from support.eventually import eventually
from support.replica import Replica

HANDSHAKE_S = 5  # ServerOptions::head_timeout


class Door(Replica):
    """One more replica of the gateway, with TLS."""

    def __init__(self, stack, folder: pathlib.Path):
        self.folder = folder
        self.certificate, self.key = folder / "tls.crt", folder / "tls.key"
        self.use(*make_certificate(folder, "first"))
        super().__init__(stack, "gateway", AMBULA_TLS_CERT_FILE=str(self.certificate), AMBULA_TLS_KEY_FILE=str(self.key))

    def use(self, certificate: pathlib.Path, key: pathlib.Path) -> None:
        """Each file is exchanged whole, as renewing programs do."""
        for new, target in ((certificate, self.certificate), (key, self.key)):
            shutil.copy(new, target.with_suffix(".new"))
            target.with_suffix(".new").rename(target)

    def trusting(self, name: str) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / f"{name}.crt"))

    def connect(self, name: str) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        return self.trusting(name).wrap_socket(raw, server_hostname="127.0.0.1")

    def shows(self, name: str) -> bool:
        try:
            self.connect(name).close()
            return True
        except ssl.SSLCertVerificationError:
            return False


@pytest.fixture(scope="module")
def door(stack, tmp_path_factory):
    with Door(stack, tmp_path_factory.mktemp("tls")) as running:
        yield running
    assert running.process.returncode == 0


def test_a_request_over_https(door, stack):
    with httpx.Client(base_url=f"https://127.0.0.1:{door.port}", verify=door.trusting("first"), trust_env=False) as client:
        answer = client.post("/v1/auth/sign-in", json={"login": "rec001", "password": stack.demo_password})
        assert answer.status_code == 200
        token = answer.json()["access_token"]
        patients = client.get("/v1/patients", headers={"Authorization": f"Bearer {token}"})
        assert patients.status_code == 200 and patients.json()["items"]
    with door.connect("first") as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("version", (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
def test_both_versions_that_are_offered(door, version):
    context = door.trusting("first")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    raw = socket.create_connection(("127.0.0.1", door.port), timeout=10)
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as connection:
        assert connection.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]
        assert connection.selected_alpn_protocol() == "http/1.1"


def test_plain_bytes_are_not_answered(door):
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        told = b""
        try:
            while part := plain.recv(4096):
                told += part
        except ConnectionResetError:
            pass
        assert b"HTTP" not in told
    assert door.shows("first")


def test_a_handshake_that_takes_its_time_is_ended_and_holds_up_nobody(door):
    hello = bytes.fromhex("16030100c8010000c40303")
    with socket.create_connection(("127.0.0.1", door.port), timeout=HANDSHAKE_S + 5) as silent, \
            socket.create_connection(("127.0.0.1", door.port), timeout=HANDSHAKE_S + 5) as dripping:
        begun = time.monotonic()
        dripping.sendall(hello)
        assert door.shows("first")
        assert time.monotonic() - begun < 1
        assert silent.recv(1) == b""
        # What came meanwhile has not given it more time.
        try:
            assert dripping.recv(1) == b""
        except ConnectionResetError:
            pass
        assert HANDSHAKE_S - 1 < time.monotonic() - begun < HANDSHAKE_S + 4
    assert door.shows("first")


def test_a_renewed_certificate_is_used_without_a_restart(door):
    """A connection that is open goes on under the old one; whoever comes gets the new one."""
    kept = http.client.HTTPSConnection("127.0.0.1", door.port, context=door.trusting("first"), timeout=10)
    kept.request("GET", "/healthz")
    assert kept.getresponse().read() is not None
    own_port = kept.sock.getsockname()[1]
    ends = door.metric("ambula_tls_certificate_expires_timestamp_seconds")
    assert 29 * 86400 < ends - time.time() < 31 * 86400

    second = make_certificate(door.folder, "second", days=60)
    door.use(*second)
    eventually(lambda: door.shows("second"), 15)
    assert not door.shows("first")
    ends = door.metric("ambula_tls_certificate_expires_timestamp_seconds")
    assert 59 * 86400 < ends - time.time() < 61 * 86400
    assert door.metric('ambula_tls_certificate_reloads_total{outcome="used"}') >= 1
    kept.request("GET", "/healthz")
    answer = kept.getresponse()
    assert answer.status == 200 and answer.read() is not None
    assert kept.sock.getsockname()[1] == own_port, "the same connection"
    kept.close()

    # One that cannot be used changes nothing but a line in the log and a count.
    refused = 'ambula_tls_certificate_reloads_total{outcome="refused"}'
    for fault in ("nonsense", make_certificate(door.folder, "stranger")[0].read_text()):
        before = door.metric(refused)
        door.certificate.write_text(fault)
        eventually(lambda: door.metric(refused) > before, 15)
        assert door.shows("second")
    assert "certificate_not_usable" in door.log()
    assert "PRIVATE KEY" not in door.log()

    door.use(*make_certificate(door.folder, "third"))
    eventually(lambda: door.shows("third"), 15)
    assert door.process.poll() is None


@pytest.mark.parametrize("changes, key", [
    ({"AMBULA_TLS_CERT_FILE": "", "AMBULA_TLS_KEY_FILE": ""}, "AMBULA_TLS_CERT_FILE"),
    ({"AMBULA_TLS_KEY_FILE": ""}, "AMBULA_TLS_KEY_FILE"), ({"AMBULA_TLS_CERT_FILE": ""}, "AMBULA_TLS_CERT_FILE")])
def test_nobody_listens_to_the_world_in_plain_by_accident(door, changes, key):
    env = door.env | {"AMBULA_HTTP_ADDRESS": "0.0.0.0"} | changes
    ended = subprocess.run([door.binary], env=env, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1 and ended.stderr.startswith(f"{key}: "), ended.stderr


def test_a_certificate_that_cannot_be_read_stops_the_start(door):
    ended = subprocess.run([door.binary], env=door.env | {"AMBULA_TLS_CERT_FILE": "/nowhere/tls.crt", "AMBULA_HTTP_PORT": "0",
                                                          "AMBULA_ADMIN_PORT": "0"},
                           capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1 and "/nowhere/tls.crt" in ended.stderr, ended.stderr
