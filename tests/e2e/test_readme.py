"""The tour of the README, run as it stands there, and the pages that it points to."""

import os
import pathlib
import re
import subprocess

import httpx

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_tour_of_the_readme(stack):
    text = (ROOT / "README.md").read_text()
    tour = re.search(r"## A first tour\n.*?```sh\n(.*?)```", text, re.S)[1]
    assert ". .run/env\n" in tour
    script = tour.replace(". .run/env\n", "", 1)
    environment = os.environ | {key: value for key, value in stack.env.items() if key.startswith("AMBULA_")}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=environment | {"NO_PROXY": "*"}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert done.returncode == 0, done.stdout
    assert "CANCELLED" in done.stdout.splitlines(), done.stdout


def test_the_demo_patient_has_a_record_and_a_visit(stack, api):  # ID-6
    patient = api.sign_in(stack.env["AMBULA_DEMO_PATIENT"], stack.env["AMBULA_DEMO_PASSWORD"])
    assert patient.account["binding"] == "BOUND"
    visits = patient.get("/v1/appointments").json()["items"]
    assert visits and all(visit["patient_id"] == patient.account["patient_id"] for visit in visits)


def test_document_and_its_page_are_served(api):  # INT-1
    document = api.get("/openapi.json")
    assert document.status_code == 200 and document.json()["openapi"].startswith("3.1")
    page = api.get("/docs")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    # Nothing is loaded from anywhere else.
    assert not re.findall(r"https?://(?!127\.0\.0\.1)", page.text)
    assert httpx.get(f"{api.url}/.well-known/jwks.json", trust_env=False).json()["keys"]
