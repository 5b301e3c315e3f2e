"""Reads CloudEvents (binary mode) from topics, from the beginning to their present end."""

import dataclasses
import json
import time

import confluent_kafka


@dataclasses.dataclass(frozen=True)
class Event:
    topic: str
    partition: int
    offset: int
    key: str
    headers: dict[str, str]
    data: dict | None  # None is a tombstone.

    @property
    def type(self) -> str:
        return self.headers.get("ce_type", "")

    @property
    def id(self) -> str:
        return self.headers.get("ce_id", "")

    @property
    def aggregate_version(self) -> int:
        return int(self.headers["ce_aggregateversion"])

    @property
    def facility_id(self) -> str | None:
        return self.headers.get("ce_facilityid")


class KafkaReader:
    def __init__(self, brokers: str):
        self._brokers = brokers

    def topics(self) -> list[str]:
        """The topics of Ambula, without Kafka's own."""
        consumer = self._consumer()
        try:
            names = consumer.list_topics(timeout=10).topics
        finally:
            consumer.close()
        return sorted(name for name in names if name.startswith("ambula."))

    def read(self, *topics: str, key: str | None = None, deadline_s: float = 20) -> list[Event]:
        """All events that the topics hold now (all topics when none is named), in order within each partition."""
        events = map(_event, self.records(*topics, deadline_s=deadline_s))
        return [event for event in events if key is None or event.key == key]

    def records(self, *topics: str, deadline_s: float = 20) -> list[confluent_kafka.Message]:
        """The same as they are, for producing them again."""
        consumer = self._consumer()
        try:
            left = self._assign(consumer, topics or tuple(self.topics()))
            return self._drain(consumer, left, deadline_s)
        finally:
            consumer.close()

    def ends(self) -> dict[tuple[str, int], int]:
        """Where each partition of each topic ends now."""
        consumer = self._consumer()
        try:
            known = consumer.list_topics(timeout=10).topics
            return {(topic, part): consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, part), timeout=10)[1]
                    for topic in self.topics() for part in known[topic].partitions}
        finally:
            consumer.close()

    def _consumer(self) -> confluent_kafka.Consumer:
        # No group is ever joined; librdkafka wants the name all the same.
        return confluent_kafka.Consumer({
            "bootstrap.servers": self._brokers, "group.id": "ambula-tests", "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "earliest", "fetch.wait.max.ms": 50})

    @staticmethod
    def _assign(consumer, topics) -> set[tuple[str, int]]:
        """Assigns the partitions that hold anything; answers them."""
        known = consumer.list_topics(timeout=10).topics
        absent = [topic for topic in topics if topic not in known]
        assert not absent, f"no such topic: {absent}"
        assignment = []
        for topic in topics:
            for number in known[topic].partitions:
                low, high = consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, number), timeout=10)
                if high > low:
                    assignment.append(confluent_kafka.TopicPartition(topic, number, low))
        consumer.assign(assignment)
        return {(part.topic, part.partition) for part in assignment}

    @staticmethod
    def _drain(consumer, left: set[tuple[str, int]], deadline_s: float) -> list[confluent_kafka.Message]:
        records = []
        end = time.monotonic() + deadline_s
        while left:
            assert time.monotonic() < end, f"partitions not read to their end within {deadline_s} s: {sorted(left)}"
            message = consumer.poll(0.5)
            if message is None:
                continue
            if message.error():
                assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error()
                left.discard((message.topic(), message.partition()))
                continue
            records.append(message)
        return records


def _event(message) -> Event:
    headers = {name: (value or b"").decode() for name, value in message.headers() or []}
    value = message.value()
    return Event(message.topic(), message.partition(), message.offset(), (message.key() or b"").decode(), headers,
                 json.loads(value) if value else None)
