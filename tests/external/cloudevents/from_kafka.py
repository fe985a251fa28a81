"""Reads the notifications from Kafka as somebody else would: from_kafka.py BROKERS TOPIC COUNT."""

import sys
import time

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event
from confluent_kafka import Consumer, KafkaException

from judge import Judge

LIMIT_SECONDS = 60


def main(brokers, topic, count):
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "external",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    judge = Judge()
    deadline = time.monotonic() + LIMIT_SECONDS
    try:
        while len(judge.seen) < count:
            assert time.monotonic() < deadline, f"{len(judge.seen)} of {count} events in time"
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            assert message.value(), "an empty value"
            headers = dict(message.headers())
            assert headers["content-type"] == b"application/json", headers
            assert "ce_datacontenttype" not in headers, headers
            event = from_kafka_event(KafkaMessage(headers, message.key(), message.value()))
            assert message.key().decode() == event.get_extension("partitionkey"), headers
            judge.take(event)
    finally:
        consumer.close()
    judge.report("Kafka")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
