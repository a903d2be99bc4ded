"""The records that come with the service, loaded through the same functions as any other."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import exists, select
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
from app.tables import Call
from app.topics.queries import add_topics
from app.topics.schemas import TopicIn

SEED = Path(__file__).parents[1] / "seed_data"


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


def seed_records() -> Records:
    """The seed: the topics, and one call with its readout, whose text is a file of its own."""
    document: dict[str, Any] = {}
    for name in ("topics.json", "records.json"):
        document.update(json.loads((SEED / name).read_text("utf-8")))
    for readout in document["readouts"]:
        for version in readout["versions"]:
            source = (SEED / version.pop("text_file")).read_bytes()
            digest = hashlib.sha256(source).hexdigest()
            version.update(text=source.decode(), sha256=digest, source_sha256=digest)
    return Records.model_validate_json(json.dumps(document))


async def is_empty(writing: AsyncConnection) -> bool:
    """Whether no call is recorded."""
    return not (await writing.execute(select(exists(select(Call.id))))).scalar_one()


async def load_seed(writing: AsyncConnection) -> None:
    """Record the seed; where it is recorded already, nothing changes."""
    await add_records(writing, seed_records())
