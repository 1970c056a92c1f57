"""Writes to a topic as other people's producers do: every codec of librdkafka, keys that come again, tombstones, and
transactions of which every third is aborted. Prints what it did as one line of JSON."""
import json
import sys
import time

from confluent_kafka import Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
KEYS = 40
BATCH = 20


def compact(brokers: str, topic: str) -> None:
    """Makes the topic one that is cleaned all the time."""
    settings = {
        "cleanup.policy": "compact",
        "segment.ms": "5000",
        "min.cleanable.dirty.ratio": "0.01",
        "max.compaction.lag.ms": "5000",
        "delete.retention.ms": "0",
    }
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        for name, value in settings.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    # The client must live until its answers have come.
    admin = AdminClient({"bootstrap.servers": brokers})
    for done in admin.incremental_alter_configs([resource]).values():
        done.result(30)


def write_batch(producer: Producer, topic: str, source: str, number: int) -> None:
    for index in range(BATCH):
        key = f"{source}-{(number * BATCH + index) % KEYS}"
        value = None if index % 7 == 6 else json.dumps({"name": f"{source} {number} {index}"})
        producer.produce(topic, key=key, value=value)


def main(brokers: str, topic: str, seconds: float) -> None:
    compact(brokers, topic)
    common = {"bootstrap.servers": brokers, "linger.ms": 20}
    plain = {
        codec: Producer({**common, "compression.type": codec, "enable.idempotence": True}) for codec in CODECS
    }
    transactional = {
        codec: Producer({**common, "compression.type": codec, "transactional.id": f"{topic}-{codec}"})
        for codec in CODECS
    }
    for producer in transactional.values():
        producer.init_transactions(30)
    counts = {"plain": 0, "committed": 0, "aborted": 0}
    number = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for codec in CODECS:
            write_batch(plain[codec], topic, codec, number)
            plain[codec].flush(30)
            counts["plain"] += BATCH
            producer = transactional[codec]
            producer.begin_transaction()
            write_batch(producer, topic, f"tx-{codec}", number)
            if number % 3 == 2:
                # Sent before it is aborted: the records are in the log.
                producer.flush(30)
                producer.abort_transaction(30)
                counts["aborted"] += BATCH
            else:
                producer.commit_transaction(30)
                counts["committed"] += BATCH
        number += 1
        time.sleep(0.2)
    print(json.dumps(counts), flush=True)


main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
