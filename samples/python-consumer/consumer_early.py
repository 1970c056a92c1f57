"""The classical mistake, as most first programs have it: the client commits what it has handed over.

`enable.auto.commit` is on by default. It counts a record as done as soon as the program has it in hand. While the work
goes on, its offset is committed already, and a kill in that time loses the whole batch: nobody reads it again.
"""

import signal
import threading
import time

from confluent_kafka import Consumer, Message

from contract import MEMBERSHIP, TOPIC, Ledger, Run, note, now, serve_readiness

ledger = Ledger()
joined = threading.Event()
stopping = threading.Event()


def process(batch: list[Message]) -> None:
    """Takes half a second however many they are, as a bulk insert would."""
    time.sleep(0.5)


def to_runs(batch: list[Message], started_at) -> dict[int, list[Run]]:
    runs: dict[int, list[Run]] = {}
    for message in batch:
        note(runs, message, started_at)
    return runs


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    # Every 5 s by default: then the same loss needs more kills to show.
    consumer = Consumer({**MEMBERSHIP, "auto.commit.interval.ms": 100})
    consumer.subscribe([TOPIC], on_assign=lambda *_: joined.set())
    serve_readiness(joined)
    while not stopping.is_set():
        batch = [message for message in consumer.consume(500, timeout=0.1) if message.error() is None]
        if batch:
            started_at = now()
            process(batch)  # the mistake: these offsets may be committed meanwhile
            ledger.write(to_runs(batch, started_at))
    consumer.close()


if __name__ == "__main__":
    main()
