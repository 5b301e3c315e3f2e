"""A bad setting stops the start with one line that names the key, the fault and an example [issue 3 §6]."""

import os
import subprocess

import pytest

from support.stack import ROOT

BUILD = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release")
SERVICES = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
NOWHERE = "127.0.0.1:1"

EVERY_PROCESS = [
    ("AMBULA_HTTP_PORT", "abc"), ("AMBULA_HTTP_PORT", "70000"), ("AMBULA_ADMIN_PORT", "-1"), ("AMBULA_WORKERS", "0"),
    ("AMBULA_WORKERS", "4 "), ("AMBULA_LOG_LEVEL", "loud"), ("AMBULA_KAFKA_PARTITIONS", "1.5"),
    ("AMBULA_KAFKA_REPLICATION", "none"), ("AMBULA_HTTP_TIMEOUT_MS", "30s"), ("AMBULA_HTTP_BODY_BYTES_MAX", "1MiB"),
    ("AMBULA_DB_URL", None), ("AMBULA_DB_URL_FILE", "/nowhere/secret"), ("AMBULA_KAFKA_BROKERS", "kafka"),
    ("AMBULA_KAFKA_BROKERS", "kafka:9092, kafka:9093"), ("AMBULA_KAFKA_SECURITY_PROTOCOL", "TLS")]
# Settings that only make sense together: what is named, and what is given.
TOGETHER = [
    ("AMBULA_KAFKA_CA_FILE", {"AMBULA_KAFKA_SECURITY_PROTOCOL": "SSL", "AMBULA_KAFKA_CA_FILE": "/nowhere/ca.pem"}),
    ("AMBULA_KAFKA_SECURITY_PROTOCOL", {"AMBULA_KAFKA_CA_FILE": __file__}),
    ("AMBULA_KAFKA_SECURITY_PROTOCOL", {"AMBULA_KAFKA_SASL_USER": "ambula"}),
    ("AMBULA_KAFKA_KEY_FILE", {"AMBULA_KAFKA_SECURITY_PROTOCOL": "SSL", "AMBULA_KAFKA_CERTIFICATE_FILE": __file__}),
    ("AMBULA_KAFKA_SASL_MECHANISM", {"AMBULA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "AMBULA_KAFKA_SASL_USER": "ambula",
                                     "AMBULA_KAFKA_SASL_PASSWORD": "canary-secret"}),
    ("AMBULA_KAFKA_SASL_MECHANISM", {"AMBULA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "AMBULA_KAFKA_SASL_USER": "ambula",
                                     "AMBULA_KAFKA_SASL_PASSWORD": "canary-secret", "AMBULA_KAFKA_SASL_MECHANISM": "OAUTHBEARER"}),
    ("AMBULA_KAFKA_SASL_PASSWORD", {"AMBULA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "AMBULA_KAFKA_SASL_USER": "ambula",
                                    "AMBULA_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512"})]
OF_ONE = [
    ("notification", "AMBULA_SMTP_URL", None), ("notification", "AMBULA_SMTP_STARTTLS", "perhaps"),
    ("notification", "AMBULA_MAIL_FROM", "nobody"),
    ("gateway", "AMBULA_GATEWAY_RATE_LIMIT_SCALE", "lots"), ("gateway", "AMBULA_GATEWAY_DEADLINE_MS", "0"),
    ("gateway", "AMBULA_ACCESS_TOKEN_S", "1"), ("gateway", "AMBULA_SIGNING_KEY_FILE", None),
    ("gateway", "AMBULA_UPSTREAM_QUEUE", None), ("gateway", "AMBULA_UPSTREAM_QUEUE", "queue:8080"),
    ("gateway", "AMBULA_UPSTREAM_PATIENT", "http://patient:port")]
CASES = [(service, key, value) for service in ("queue", "gateway") for key, value in EVERY_PROCESS] + OF_ONE


def environment(name):
    """Settings with which the process would start, were there a database."""
    env = {"PATH": os.environ["PATH"], "AMBULA_DB_URL": f"postgresql://ambula_x:canary-secret@{NOWHERE}/ambula",
           "AMBULA_KAFKA_BROKERS": NOWHERE, "AMBULA_JWKS_FILE": "/nowhere/jwks.json", "AMBULA_HTTP_PORT": "0",
           "AMBULA_ADMIN_PORT": "0", "AMBULA_SMTP_URL": f"smtp://{NOWHERE}"}
    if name == "gateway":
        env["AMBULA_SIGNING_KEY_FILE"] = "/nowhere/signing.pem"
        env["AMBULA_HTTP_ADDRESS"] = "127.0.0.1"
        env |= {f"AMBULA_UPSTREAM_{service.upper()}": f"http://{NOWHERE}" for service in SERVICES}
    return env


def start(name, changes):
    env = environment(name)
    for key, value in changes.items():
        env.pop(key.removesuffix("_FILE") if key == "AMBULA_DB_URL_FILE" else key, None)
        if value is not None:
            env[key] = value
    return subprocess.run([BUILD / "bin" / f"ambula-{name}"], env=env, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("name, key, value", CASES)
def test_one_line_names_key_fault_and_example(name, key, value):
    ended = start(name, {key: value})
    assert ended.returncode == 2
    assert ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith(f"{key}: "), lines[0]
    assert "for example" in lines[0], lines[0]
    assert value is None or "missing" not in lines[0]
    assert "canary-secret" not in ended.stderr


@pytest.mark.parametrize("key, given", TOGETHER)
def test_settings_that_only_make_sense_together(key, given):
    ended = start("queue", given)
    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith(f"{key}: ") and "for example" in lines[0], lines[0]
    assert "canary-secret" not in ended.stderr


@pytest.mark.parametrize("name", ("queue", "gateway"))
def test_every_fault_is_named_at_once(name):
    ended = start(name, {"AMBULA_HTTP_PORT": "abc", "AMBULA_WORKERS": "many"})
    assert ended.returncode == 2
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == ["AMBULA_HTTP_PORT", "AMBULA_WORKERS"]


@pytest.mark.parametrize("name", ("gateway", *SERVICES))
def test_good_settings_get_further_than_the_settings(name, tmp_path):
    """Else every case above would pass for another reason. The keys are the first thing that a process reads."""
    ended = start(name, {"AMBULA_JWKS_FILE": str(tmp_path / "absent.json")})
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "AMBULA_JWKS_FILE" in ended.stderr or "AMBULA_SIGNING_KEY_FILE" in ended.stderr
    assert "canary-secret" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("name", ("gateway", *SERVICES))
def test_help_lists_every_setting_that_is_read(name):
    said = subprocess.run([BUILD / "bin" / f"ambula-{name}", "--help-config"], env={"PATH": os.environ["PATH"]},
                          capture_output=True, text=True, timeout=30)
    assert said.returncode == 0
    documented = {line.split()[0] for line in said.stdout.splitlines()}
    wanted = {key for key in environment(name)
              if key.startswith("AMBULA_") and (name == "notification" or key != "AMBULA_SMTP_URL")}
    assert wanted <= documented, wanted - documented
