"""A consumer that keeps the contract: work first, then the receipt, then the commit.

Whatever kills it, a record without a receipt is not committed: somebody processes it again.
"""

import signal
import threading
import time

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from contract import MEMBERSHIP, TOPIC, Ledger, Run, note, now, serve_readiness

SETTLE_EVERY_S = 0.25

runs: dict[int, list[Run]] = {}
"""What is processed and has no receipt yet, by partition."""
to_commit: dict[int, int] = {}
"""Next offset of what has a receipt and is not committed yet, by partition."""
ledger = Ledger()
joined = threading.Event()
stopping = threading.Event()


def process(message: Message) -> None:
    """Your work. It ends when the work is done for good; what cannot be read counts as done, too."""
    print(message.topic(), message.partition(), message.offset(), flush=True)


def settle(consumer: Consumer) -> None:
    """Receipts first. If they cannot be written this raises, and nothing is committed."""
    ledger.write(runs)
    to_commit.update({partition: of_partition[-1].last + 1 for partition, of_partition in runs.items()})
    runs.clear()
    if not to_commit:
        return
    try:
        consumer.commit(offsets=[TopicPartition(TOPIC, *position) for position in to_commit.items()], asynchronous=False)
        to_commit.clear()
    except KafkaException as error:
        # Tried again with the next ones. If the partition is another's by then, it repeats them, which is allowed.
        print(f"not committed: {error}", flush=True)


def forget(partitions: list[TopicPartition]) -> None:
    for lost in partitions:
        runs.pop(lost.partition, None)
        to_commit.pop(lost.partition, None)


def on_assign(_: Consumer, partitions: list[TopicPartition]) -> None:
    print(f"assigned {sorted(given.partition for given in partitions)}", flush=True)
    joined.set()


def on_revoke(consumer: Consumer, partitions: list[TopicPartition]) -> None:
    """The partitions are ours until this returns, and nothing is in hand: it is called within poll."""
    settle(consumer)
    forget(partitions)


def on_lost(_: Consumer, partitions: list[TopicPartition]) -> None:
    """They are another's already: what has no receipt is processed by that one."""
    forget(partitions)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    consumer = Consumer(
        {**MEMBERSHIP, "enable.auto.commit": False, "partition.assignment.strategy": "cooperative-sticky"}
    )
    consumer.subscribe([TOPIC], on_assign=on_assign, on_revoke=on_revoke, on_lost=on_lost)
    serve_readiness(joined)
    settled_at = time.monotonic()
    while not stopping.is_set():
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            started_at = now()
            process(message)
            note(runs, message, started_at)
        if time.monotonic() - settled_at > SETTLE_EVERY_S:
            settle(consumer)
            settled_at = time.monotonic()
    # Gives the partitions back, by on_revoke, and leaves the group at once.
    consumer.close()


if __name__ == "__main__":
    main()
