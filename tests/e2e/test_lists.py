"""Every list of every service, through the gateway: where there is a next page, the Link header leads to it and keeps the
query; where there is none, there is no Link [INT-1]."""

import httpx
import pytest

from support.visit import Visit
from support.clinic import Clinic

PEOPLE = ("admin", "rec001", "doc001", "pharm001", "aud001", "nur001")


@pytest.fixture(scope="module")
def lists(api):
    """Paths of lists that need no id."""
    found = []
    for path, item in api.get("/openapi.json").json()["paths"].items():
        parameters = item.get("get", {}).get("parameters", [])
        if "{" not in path and {"$ref": "#/components/parameters/Cursor"} in parameters:
            found.append(path)
    assert len(found) > 20
    return found


@pytest.fixture(scope="module")
def readers(sign_in, api):
    """Whoever may read it."""
    Visit(Clinic(api, sign_in("admin"))).notification()

    def read(path, **params) -> httpx.Response:
        answers = [sign_in(login).get(path, params=params) for login in PEOPLE]
        fitting = [answer for answer in answers if answer.status_code in (200, 400)]
        assert fitting, (path, [answer.status_code for answer in answers])
        return fitting[0]

    return read


def test_every_list_has_a_link_exactly_where_there_is_more(lists, readers):
    more = set()
    for path in lists:
        answer = readers(path, limit=1)
        if answer.status_code == 400:
            continue  # wants to be told of whom
        following = answer.json()["next_cursor"]
        assert ("next" in answer.links) == (following is not None), (path, answer.headers.get("link"))
        if following is None:
            continue
        more.add(path)
        target = answer.request.url.join(answer.links["next"]["url"])
        assert dict(target.params) == {"limit": "1", "cursor": following}
        next_page = httpx.get(target, headers=answer.request.headers, trust_env=False)
        assert next_page.status_code == 200, next_page.text
        assert next_page.json()["items"] != answer.json()["items"], path
    assert len(more) >= 10, more


def test_the_query_is_kept_as_it_was_meant(sign_in):
    reception = sign_in("rec001")
    family = "Kéy & Co=1+1"
    for given in ("Ada", "Bob"):
        made = reception.post("/v1/patients", {"given_name": given, "family_name": family, "birth_date": "1990-01-01", "sex": "OTHER"})
        assert made.status_code == 201, made.text
    first = reception.get("/v1/patients", params={"q": family, "limit": 1})
    assert first.status_code == 200 and len(first.json()["items"]) == 1
    target = first.request.url.join(first.links["next"]["url"])
    assert target.params["q"] == family and target.path == "/v1/patients"
    assert reception.get(str(target)).json()["items"][0]["family_name"] == family
