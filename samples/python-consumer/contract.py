"""What the lab hands a consumer, and what it wants back: the environment, receipts, readiness."""

import json
import os
import threading
import zlib
from dataclasses import dataclass
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from confluent_kafka import KafkaException, Message, Producer

BROKERS = os.environ["KAFKA_BROKERS"]
TOPIC = os.environ["TOPIC"]
GROUP_ID = os.environ["GROUP_ID"]
RECEIPTS_TOPIC = os.environ["RECEIPTS_TOPIC"]
CLIENT_ID = os.environ["CLIENT_ID"]

CONNECTION = {
    "bootstrap.servers": BROKERS,
    # The lab knows a replica by its client id.
    "client.id": CLIENT_ID,
    # A broker that was killed is back, or replaced, within seconds: ask again often, and do not give up.
    "reconnect.backoff.max.ms": 1000,
    "retry.backoff.max.ms": 1000,
}

MEMBERSHIP = {
    **CONNECTION,
    "group.id": GROUP_ID,
    "session.timeout.ms": 10_000,
    "heartbeat.interval.ms": 1000,
    # A group that has committed nothing begins at the beginning.
    "auto.offset.reset": "earliest",
}


@dataclass
class Run:
    """Records of one partition, one after the other, that are processed and have no receipt yet."""

    first: int
    last: int
    started_at: datetime
    finished_at: datetime
    records: int = 0
    digest: int = 0

    def add(self, offset: int, value: bytes | None) -> None:
        self.last, self.finished_at = offset, now()
        self.records += 1
        self.digest = extend_digest(self.digest, offset, value)


def extend_digest(digest: int, offset: int, value: bytes | None) -> int:
    value_crc = zlib.crc32(value or b"")
    return zlib.crc32(offset.to_bytes(8, "big") + value_crc.to_bytes(4, "big"), digest)


def note(runs: dict[int, list[Run]], message: Message, started_at: datetime) -> None:
    """A run ends at every gap: this client does not tell whether the log holds a record there."""
    of_partition = runs.setdefault(message.partition(), [])
    if not of_partition or of_partition[-1].last + 1 != message.offset():
        of_partition.append(Run(message.offset(), message.offset(), started_at, started_at))
    of_partition[-1].add(message.offset(), message.value())


class Ledger:
    """Writes receipts. One that is written is on all in-sync replicas."""

    def __init__(self) -> None:
        self._producer = Producer({**CONNECTION, "acks": "all", "enable.idempotence": True})

    def write(self, runs: dict[int, list[Run]]) -> None:
        """Returns when the brokers have acknowledged a receipt for each run, by partition."""
        failures = []
        for partition, of_partition in runs.items():
            for run in of_partition:
                self._producer.produce(
                    RECEIPTS_TOPIC,
                    json.dumps(to_receipt(partition, run)),
                    partition=partition,  # the same number as the source's
                    on_delivery=lambda error, _: failures.append(error) if error else None,
                )
        self._producer.flush()
        if failures:
            raise KafkaException(failures[0])


def to_receipt(partition: int, run: Run) -> dict:
    # No "generation": this client does not tell it, and it may be left out.
    return {
        "topic": TOPIC,
        "partition": partition,
        "from": run.first,
        "to": run.last,
        "member": CLIENT_ID,
        "records": run.records,
        "digest": f"{run.digest:08x}",
        "startedAt": to_text(run.started_at),
        "finishedAt": to_text(run.finished_at),
    }


def now() -> datetime:
    return datetime.now(timezone.utc)


def to_text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def serve_readiness(is_ready: threading.Event) -> None:
    """Answers /health/ready, if the lab gave an address: 200 once the consumer is a member, 503 before."""
    if "PORT" not in os.environ:
        return

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health/ready" and is_ready.is_set() else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), int(os.environ["PORT"])), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
