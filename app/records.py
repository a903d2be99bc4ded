"""Whole records of every kind, recorded together."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import asyncpg
from pydantic import Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.calls.schemas import CallIn
from app.db import driver_connection
from app.entries import Line, RecordKind, faults_of, single
from app.fields import In
from app.leaders.schemas import LeaderIn
from app.parties.schemas import PartyIn
from app.problems import InvalidRequest
from app.publishers.schemas import PublisherIn
from app.readouts.schemas import ReadoutIn
from app.recording import Recorder
from app.topics.schemas import TopicIn
from app.writings import THE_SERVICE, Author, Writing


class Records(In):
    """Whole records, each after those it refers to."""

    parties: Annotated[list[PartyIn], Field(max_length=100_000)] = []
    leaders: Annotated[list[LeaderIn], Field(max_length=100_000)] = []
    publishers: Annotated[list[PublisherIn], Field(max_length=100_000)] = []
    topics: Annotated[list[TopicIn], Field(max_length=100_000)] = []
    readouts: Annotated[list[ReadoutIn], Field(max_length=100_000)] = []
    calls: Annotated[list[CallIn], Field(max_length=100_000)] = []


async def add_records(
    writing: AsyncConnection, records: Records, author: Author = THE_SERVICE, *, checked: bool = False
) -> None:
    """Record all of them, in one transaction; what is recorded already is left as it is.

    Raises InvalidRequest where something refers to nothing, and where a rule is broken if `checked`, else
    IntegrityError for that.
    """
    lines = list(_lines(records))
    connection = await driver_connection(writing)
    written = Writing(connection, author)
    recorder = Recorder(connection, written, checked=checked)
    await recorder.look_up(lines)
    taken = recorder.take(lines)
    recorder.finish()
    faults = [fault for fault in (*faults_of(lines), *recorder.late) if fault.because is None]
    if faults:
        raise InvalidRequest(
            sorted(({"pointer": fault.pointer, "detail": fault.detail} for fault in faults), key=lambda e: e["detail"])
        )
    try:
        await recorder.write(taken)
        await written.finish()
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(str(error), None, error) from error


def _lines(records: Records) -> Iterator[Line]:
    kinds: dict[RecordKind, tuple[str, Sequence[Any]]] = {
        "party": ("parties", records.parties),
        "leader": ("leaders", records.leaders),
        "publisher": ("publishers", records.publishers),
        "topic": ("topics", records.topics),
        "readout": ("readouts", records.readouts),
        "call": ("calls", records.calls),
    }
    number = 0
    for kind, (name, documents) in kinds.items():
        placed = list(enumerate(documents))
        for place, document in _broader_first(placed) if kind == "topic" else placed:
            number += 1
            yield single(kind, number, document, (name, place))


def _broader_first(topics: list[tuple[int, TopicIn]]) -> Iterator[tuple[int, TopicIn]]:
    """Topics with their places, each after its broader one if that is among them."""
    waiting = {key: topic for _, topic in topics for key in (topic.slug, str(topic.id))}
    left = topics
    while left:
        first = [placed for placed in left if placed[1].broader not in waiting]
        yield from first or left
        for _, topic in first:
            waiting.pop(topic.slug, None)
            waiting.pop(str(topic.id), None)
        left = [placed for placed in left if placed not in first] if first else []
