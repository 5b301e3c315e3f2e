"""Fixtures of the black-box tests. Third-party modules are imported where they are needed only, so that a kind of
tests that does without them does not have to have them."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.eventually import eventually as _eventually  # noqa: E402
from support.stack import Stack  # noqa: E402


@pytest.fixture(scope="session")
def stack():
    """A whole installation with demo data: gateway, six services, real PostgreSQL, Kafka and mail catcher."""
    running = Stack()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def api(stack):
    """A client that is not signed in."""
    from support.api import Api
    client = Api(stack.url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def sign_in(api, stack):
    """`sign_in("rec001")`: a client that speaks as a demo account; made once for each."""
    clients = {}

    def as_account(login: str, password: str | None = None):
        if login not in clients:
            clients[login] = api.sign_in(login, password or stack.demo_password)
        return clients[login]

    yield as_account
    for client in clients.values():
        client.close()


@pytest.fixture(scope="session")
def kafka(stack):
    from support.kafka_reader import KafkaReader
    return KafkaReader(stack.brokers)


@pytest.fixture(scope="session")
def mail(stack):
    from support.mailbox import MailBox
    return MailBox(stack.mail_url)


@pytest.fixture
def database(stack):
    """A connection as superuser, in autocommit."""
    import psycopg
    with psycopg.connect(stack.pg_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def eventually():
    return _eventually
