"""What the documents say is there is there: files, functions, links, the list for a new service."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")) + sorted(
    path for folder in ("libs", "services", "gateway", "schemas", "tests", "helm") for path in (ROOT / folder).rglob("README.md")
    if "node_modules" not in path.parts)
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/definition.cpp"))


def missing_names(text):
    """`file` `name` pairs whose file is not there or does not hold the name."""
    for file, name in re.findall(r"`((?:libs|services|gateway|tests)/[\w/.-]+\.\w+)` `([\w:]+)`", text):
        path = ROOT / file
        if not path.exists():
            yield f"{file} is not there"
        elif name.split("::")[-1] not in path.read_text():
            yield f"{file} has no {name}"


def test_life_of_a_request_names_what_is_there():
    text = (ROOT / "docs/life-of-a-request.md").read_text()
    assert len(re.findall(r"`[\w/.-]+/[\w/.-]+\.\w+` `[\w:]+`", text)) > 20
    assert not list(missing_names(text))


def test_missing_names_are_seen():
    assert list(missing_names("`libs/base/nowhere.cpp` `x`")) == ["libs/base/nowhere.cpp is not there"]
    assert list(missing_names("`libs/base/uuid.cpp` `never_there`")) == ["libs/base/uuid.cpp has no never_there"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" in target or target.startswith("mailto:"):
            continue
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_in_pages_exist(page):
    """A path of this tree written in backticks is there; patterns with <, *, …, {, YYYY are left alone."""
    for path in re.findall(r"`((?:libs|services|gateway|schemas|tests|docs|cmake|helm)/[\w/.-]+\.\w+)`", page.read_text()):
        assert (ROOT / path).exists(), f"{page.relative_to(ROOT)} names {path}"


def test_a_new_service_is_the_documented_list():
    """CONTRIBUTING's steps, followed backwards: each service has every place that the list names."""
    steps = re.findall(r"^\d\. ", (ROOT / "CONTRIBUTING.md").read_text().split("## A new service")[1].split("\n## ")[0], re.M)
    assert len(steps) == 8
    assert len(SERVICES) == 6
    text = {name: (ROOT / name).read_text() for name in (
        "services/CMakeLists.txt", "libs/db/bootstrap.sql", "gateway/edge/routes.cpp",
        "cmake/dev/parts/settings.py", "docker-compose.yml", "helm/ambula/values.yaml")}
    for service in SERVICES:
        folder = ROOT / "services" / service
        for part in ("README.md", "CMakeLists.txt", "main.cpp", "definition.cpp", "api/codec.cpp", "api/handlers.hpp",
                     "domain", "store/constraints.cpp", "store/sql", "events/codec.cpp", "events/handlers.hpp", "migrations"):
            assert (folder / part).exists(), f"services/{service}/{part}"
        assert (ROOT / f"schemas/openapi/parts/{service}.yaml").exists()
        for name, content in text.items():
            assert re.search(rf"\b{service}\b", content), f"{name} does not know {service}"
