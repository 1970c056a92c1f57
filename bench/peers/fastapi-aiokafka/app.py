"""A plain FastAPI service that stores messages by aiokafka, as its documentation shows it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from pydantic import BaseModel, Field

TOPIC = os.environ["TOPIC"]


class Message(BaseModel):
    name: str = Field(min_length=1, max_length=1024)
    description: str | None = Field(default=None, max_length=65_536)
    key: str | None = Field(default=None, min_length=1, max_length=256)


class Stored(BaseModel):
    topic: str
    partition: int
    offset: int


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["KAFKA_BROKERS"],
        acks="all",
        enable_idempotence=True,
    )
    await producer.start()
    app.state.producer = producer
    try:
        yield
    finally:
        await producer.stop()


app = FastAPI(lifespan=lifespan)


@app.post("/producer", status_code=201)
async def produce(message: Message) -> Stored:
    stored = await app.state.producer.send_and_wait(
        TOPIC,
        message.model_dump_json(exclude={"key"}, exclude_none=True).encode(),
        key=None if message.key is None else message.key.encode(),
    )
    return Stored(topic=stored.topic, partition=stored.partition, offset=stored.offset)
