"""A client of the gateway, as one person or nobody."""

import uuid

import httpx

from . import contract


class Api:
    """Answers are httpx responses. No status is asserted here, because tests ask for refusals too; but each answer must
    be one that the OpenAPI document has (unless `checked` is off, for those who measure)."""

    def __init__(self, url: str, token: str | None = None, account: dict | None = None, *, checked: bool = True):
        self.url = url
        self.token = token
        self.account = account or {}
        self._checked = checked
        # Everything is on this machine: a proxy of the environment must not come between.
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def sign_in(self, login: str, password: str) -> "Api":
        """A new client that speaks as this account."""
        answer = self.post("/v1/auth/sign-in", {"login": login, "password": password})
        assert answer.status_code == 200, f"sign-in of {login}: {answer.status_code} {answer.text}"
        body = answer.json()
        return Api(self.url, body["access_token"], body["account"], checked=self._checked)

    def request(self, method: str, path: str, body=None, *, key: str | None = "auto", if_match: str | None = None,
                headers: dict[str, str] | None = None, params: dict | None = None) -> httpx.Response:
        """`key` is the Idempotency-Key: a fresh one by default, the given one, or None for none."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key and method not in ("GET", "HEAD"):
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()) if key == "auto" else key)
        if if_match:
            sent["If-Match"] = if_match
        if method == "PATCH":
            sent.setdefault("Content-Type", "application/merge-patch+json")
        answer = self._client.request(method, path, json=body, headers=sent, params=params)
        if self._checked:
            contract.check(answer)
        return answer

    def get(self, path: str, **options) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, body=None, **options) -> httpx.Response:
        return self.request("POST", path, body, **options)

    def put(self, path: str, body=None, **options) -> httpx.Response:
        return self.request("PUT", path, body, **options)

    def patch(self, path: str, body=None, **options) -> httpx.Response:
        return self.request("PATCH", path, body, **options)

    def delete(self, path: str, **options) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def items(self, path: str, **params):
        """Every item of a list, page after page, as its Link header leads."""
        answer = self.get(path, params=params)
        while True:
            assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
            page = answer.json()
            yield from page["items"]
            following = answer.links.get("next", {}).get("url")
            assert bool(following) == bool(page.get("next_cursor")), f"{path}: {answer.headers.get('link')} {page.get('next_cursor')}"
            if not following:
                return
            answer = self.get(str(answer.request.url.join(following)))

    def close(self) -> None:
        self._client.close()
