"""The messages that the mail catcher took."""

import httpx

from .eventually import eventually


class MailBox:
    def __init__(self, url: str):
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def messages(self, to: str | None = None, subject: str | None = None) -> list[dict]:
        """Oldest first, as the catcher tells them: `subject`, `text`, `html`, `headers`, `envelope`, `attachments` …
        `to` is compared with the envelope, which says who really got it."""
        answer = self._client.get("/email")
        answer.raise_for_status()
        return [mail for mail in answer.json()
                if (to is None or any(person["address"].lower() == to.lower() for person in mail["envelope"]["to"]))
                and (subject is None or subject.lower() in (mail.get("subject") or "").lower())]

    def wait_for(self, to: str, subject: str | None = None, deadline_s: float = 15) -> dict:
        """The newest message to this address, as soon as there is one."""
        return eventually(lambda: self.messages(to, subject), deadline_s)[-1]

    def attachment(self, mail: dict, name: str) -> bytes:
        answer = self._client.get(f"/email/{mail['id']}/attachment/{name}")
        answer.raise_for_status()
        return answer.content

    def clear(self) -> None:
        self._client.delete("/email/all").raise_for_status()
