"""Many requests let go in the same moment, each from a thread and a connection of its own."""

import concurrent.futures
import ssl
import threading
import uuid

import httpx


def all_at_once(requests: list):
    """Sends each (url, path, body, headers), as `as_person` makes them; answers in their order."""
    gate = threading.Barrier(len(requests))

    def send(client, path, body, headers):
        # The connection is made before the race, so that the race is for what is asked and not for sockets.
        client.get("/healthz")
        gate.wait(60)
        return client.post(path, json=body, headers=headers)

    with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
        certificates = ssl.create_default_context()  # reading them anew for each client takes longer than the race
        clients = [httpx.Client(base_url=url, timeout=60, trust_env=False, verify=certificates) for url, *_ in requests]
        try:
            return list(pool.map(lambda pair: send(pair[0], *pair[1][1:]), zip(clients, requests)))
        finally:
            for client in clients:
                client.close()


def as_person(person, path, body, key=None):
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key or str(uuid.uuid4())}
    return person.url, path, body, headers
