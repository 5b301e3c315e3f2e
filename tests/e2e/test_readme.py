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


def test_document_and_its_page_are_served(api):  # INT-1
    document = api.get("/openapi.json")
    assert document.status_code == 200 and document.json()["openapi"].startswith("3.1")
    page = api.get("/docs")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    # Nothing is loaded from anywhere else.
    assert not re.findall(r"https?://(?!127\.0\.0\.1)", page.text)
    assert httpx.get(f"{api.url}/.well-known/jwks.json", trust_env=False).json()["keys"]
