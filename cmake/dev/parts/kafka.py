"""One real Kafka node (KRaft, broker and controller in one process)."""

import base64
import pathlib
import shutil
import socket
import struct
import subprocess
import uuid

from . import tools
from .process import Processes
from .settings import Failure, Settings

# A broker for one person: small heap, quick start, no waiting for group members that will not come. A killed broker
# is let in again only when its old session has ended, hence the short one.
JVM = ["-Xmx320m", "-Xms96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
       "-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
       "-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ"]
PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller}
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
controlled.shutdown.max.retries=1
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
num.network.threads=2
num.io.threads=4
"""


class Kafka:
    name = "kafka"

    def __init__(self, settings: Settings, processes: Processes):
        self._settings = settings
        self._processes = processes
        self._home = settings.run_dir / "kafka"

    def start(self) -> None:
        self._home.mkdir(exist_ok=True)
        data = self._home / "data"
        properties = self._home / "server.properties"
        properties.write_text(PROPERTIES.format(broker=self._settings.port("kafka"), data=data,
                                                controller=self._settings.port("kafka-controller")))
        command = [_java(), *JVM, "-cp", f"{tools.kafka_jars(self._settings)}/*"]
        if not (data / "meta.properties").exists():
            self._format(command, properties)
        self._processes.spawn(self.name, [*command, "kafka.Kafka", str(properties)],
                              log=self._settings.log(self.name), cwd=self._home)

    def _format(self, command: list[str], properties: pathlib.Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        log = self._settings.log(self.name)
        with open(log, "ab") as out:
            # `=` because the identifier may begin with a dash.
            done = subprocess.run([*command, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c",
                                   str(properties)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        if done.returncode != 0:
            raise Failure("could not format Kafka's storage", log)

    def ready(self) -> bool:
        return _brokers_known("127.0.0.1", self._settings.port("kafka")) > 0


def _java() -> str:
    for found in (shutil.which("java"), *sorted(map(str, pathlib.Path("/usr/lib/jvm").glob("*/bin/java")))):
        if found:
            return found
    raise Failure("Java 17 or newer is missing: install the package 'openjdk-17-jre-headless'")


def _brokers_known(host: str, port: int) -> int:
    """Asks for metadata (version 4, no topics): an open port alone does not say that the broker joined."""
    request = struct.pack(">hhih", 3, 4, 1, -1) + struct.pack(">ib", 0, 0)
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = b""
            while len(answer) < 16:
                part = connection.recv(64)
                if not part:
                    return 0
                answer += part
    except OSError:
        return 0
    _size, _correlation, _throttle, brokers = struct.unpack(">iiii", answer[:16])
    return brokers
