"""The records that come with the service, loaded through the same functions as any other."""

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlalchemy import exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Records, add_records
from app.tables import Call, Tombstone

SEED = Path(__file__).parents[1] / "seed_data"
# Any number that nothing else in the database locks.
_SEED_LOCK = 7_351_854


def seed_records() -> Records:
    """The seed: the topics, and one call with its readout, whose text is a file of its own."""
    document: dict[str, Any] = {}
    for name in ("topics.json", "records.json"):
        document.update(json.loads((SEED / name).read_text("utf-8")))
    for readout in document["readouts"]:
        for version in readout["versions"]:
            source = (SEED / version.pop("text_file")).read_bytes()
            digest = hashlib.sha256(source).hexdigest()
            version.update(text=source.decode(), source_sha256=digest)
    return Records.model_validate_json(json.dumps(document))


async def load_seed(writing: AsyncConnection, *, only_if_empty: bool = False, topics_only: bool = False) -> None:
    """Record the seed, or only its topics; where it is recorded already, nothing changes.

    `only_if_empty` leaves a database alone that holds or has ever held a call. Services that do this at once wait for
    each other. Raises InvalidRequest where a record of the seed was removed.
    """
    await writing.execute(text("SET LOCAL lock_timeout = '1min'"))
    await writing.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEED_LOCK})
    ever = or_(exists(select(Call.id)), exists(select(Tombstone.key).where(Tombstone.resource == "calls")))
    if only_if_empty and (await writing.execute(select(ever))).scalar_one():
        return
    records = seed_records()
    await add_records(writing, Records(topics=records.topics) if topics_only else records, checked=True)
