"""What the gateway's answers carry beside their body, with the limits and origins of an installation [INT-2, ID-7, ID-13]: the tests'
own installation has neither."""

import re

import pytest

from support.api import Api
from support.clinic import Clinic, ok, refused
from support.replica import Replica

ORIGIN = "https://desk.example"


@pytest.fixture(scope="module")
def door(stack):
    with Replica(stack, "gateway", AMBULA_GATEWAY_RATE_LIMIT_SCALE="1", AMBULA_GATEWAY_CORS_ORIGINS=f"{ORIGIN},https://other.example") as running:
        yield running


@pytest.fixture(scope="module")
def desk(door, api, sign_in):
    staff = Clinic(api, sign_in("admin")).staff("receptionist")
    return Api(door.url, staff.token, staff.account)


def limits_of(answer) -> tuple[str, int, int, int, int]:
    """Name, quota, window, what is left, seconds until there is more."""
    policy = re.fullmatch(r'("\w+");q=(\d+);w=(\d+)', answer.headers["ratelimit-policy"])
    state = re.fullmatch(r'("\w+");r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    assert policy and state and policy[1] == state[1], answer.headers
    return policy[1].strip('"'), *map(int, (*policy.groups()[1:], *state.groups()[1:]))


def test_ordinary_answers_tell_the_limits_of_an_account(desk):  # INT-2, ID-7
    answers = [desk.get("/v1/patients"), desk.get("/v1/patients"), desk.get("/v1/me")]
    answers += [desk.get("/v1/patients/nonsense"), desk.post("/v1/patients", {"given_name": 7}), desk.get("/v1/accounts")]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert all(answer.status_code in (400, 403, 404) for answer in answers[3:])
    for name, quota, window, left, wait in map(limits_of, answers):
        assert (name, quota, window) == ("account", 300, 3)
        assert 0 < left < quota and wait <= window


def test_strangers_have_the_limits_of_their_address(stack, door):  # INT-2, ID-7
    assert limits_of(Api(door.url).get("/v1/facilities"))[:3] == ("address", 60, 3)
    with Replica(stack, "gateway", AMBULA_GATEWAY_RATE_LIMIT_SCALE="0.1") as narrow:  # 2/s, 6 at once
        stranger = Api(narrow.url)
        answers = [stranger.get("/v1/facilities") for _ in range(30)]
    first = answers[0]
    assert (first.status_code, limits_of(first)[:3]) == (200, ("address", 6, 3))
    over = next(answer for answer in answers if answer.status_code == 429)
    refused(over, 429, "rate-limited")
    assert int(over.headers["retry-after"]) >= 1 and limits_of(over)[3] == 0 < limits_of(over)[4]
    assert [answer.status_code for answer in answers[:6]] == [200] * 6


@pytest.mark.parametrize("origin", (ORIGIN, "https://other.example"))
def test_a_real_answer_to_an_allowed_origin(desk, origin):  # INT-2, ID-13
    """Answers and refusals of the services and of the gateway itself."""
    for answer in (desk.get("/v1/patients", headers={"Origin": origin}), desk.get("/v1/accounts", headers={"Origin": origin}),
                   desk.get("/v1/me", headers={"Origin": origin}), desk.get("/v1/nothing", headers={"Origin": origin})):
        assert answer.headers["access-control-allow-origin"] == origin
        assert "Origin" in answer.headers["vary"] and "access-control-allow-credentials" not in answer.headers
        exposed = {name.strip().lower() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert {"etag", "location", "link", "retry-after", "x-request-id", "idempotency-replayed", "ratelimit"} <= exposed
    made = desk.post("/v1/patients", {"given_name": "Far", "birth_date": "1990-01-01", "sex": "OTHER"}, headers={"Origin": origin})
    ok(made, 201)
    assert made.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", ("https://evil.example", "http://desk.example", "https://desk.example.evil.example", "null", "*"))
def test_other_origins_are_told_nothing(desk, origin):  # INT-2, ID-13
    answer = desk.get("/v1/patients", headers={"Origin": origin})
    ok(answer)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_preflight_of_an_allowed_origin(desk, door):  # INT-2
    asks = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match,idempotency-key"}
    browser = Api(door.url, checked=False)  # it asks so by itself: the document has no such operation
    answer = browser.request("OPTIONS", "/v1/patients", headers={"Origin": ORIGIN, **asks}, key=None)
    assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert {"authorization", "if-match", "idempotency-key"} <= {
        name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    elsewhere = browser.request("OPTIONS", "/v1/patients", headers={"Origin": "https://evil.example", **asks}, key=None)
    assert "access-control-allow-origin" not in elsewhere.headers
