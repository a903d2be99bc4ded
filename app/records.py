"""Whole records of every kind, recorded together."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from app.calls.queries import add_calls
from app.calls.schemas import CallIn
from app.fields import In
from app.leaders.queries import add_leaders
from app.leaders.schemas import LeaderIn
from app.parties.queries import add_parties
from app.parties.schemas import PartyIn
from app.publishers.queries import add_publishers
from app.publishers.schemas import PublisherIn
from app.readouts.queries import add_readouts
from app.readouts.schemas import ReadoutIn
from app.topics.queries import add_topics
from app.topics.schemas import TopicIn


class Records(In):
    """Whole records, each after those it refers to."""

    parties: Annotated[list[PartyIn], Field(max_length=100_000)] = []
    leaders: Annotated[list[LeaderIn], Field(max_length=100_000)] = []
    publishers: Annotated[list[PublisherIn], Field(max_length=100_000)] = []
    topics: Annotated[list[TopicIn], Field(max_length=100_000)] = []
    readouts: Annotated[list[ReadoutIn], Field(max_length=100_000)] = []
    calls: Annotated[list[CallIn], Field(max_length=100_000)] = []


async def add_records(writing: AsyncConnection, records: Records) -> None:
    """Record all of them, in one transaction; what is recorded already is left as it is."""
    await add_parties(writing, records.parties)
    await add_leaders(writing, records.leaders)
    await add_publishers(writing, records.publishers)
    await add_topics(writing, records.topics)
    await add_readouts(writing, records.readouts)
    await add_calls(writing, records.calls)
