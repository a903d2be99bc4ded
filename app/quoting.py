"""Which records quote an earlier wording of a readout, and where: all of them change when it gets a newer one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.entries import RecordKind
from app.rewording import Json, Rewording

_QUOTING = """
    SELECT c.{subject}_id FROM evidence e JOIN claims c ON c.id = e.claim_id WHERE e.readout_id = $1
"""
# Locked in one order, whoever adds a wording to what.
_READOUTS = f"""
    SELECT id FROM readouts WHERE id <> $1 AND id IN ({_QUOTING.format(subject="readout")}) ORDER BY id FOR UPDATE
"""  # noqa: S608 - put together from constants
_CALLS = f"""
    SELECT id FROM calls WHERE id IN (
        SELECT call_id FROM statements WHERE readout_id = $1 UNION SELECT call_id FROM mentions WHERE readout_id = $1
        UNION {_QUOTING.format(subject="call")}
    ) ORDER BY id FOR UPDATE
"""  # noqa: S608 - likewise
_SPANS = """
    SELECT readout_version, least(start, attribution_start), greatest("end", attribution_end)
        FROM statements WHERE readout_id = $1
    UNION SELECT readout_version, attribution_start, attribution_end
        FROM statements WHERE readout_id = $1 AND attribution_start IS NOT NULL
    UNION SELECT readout_version, name_start, name_end FROM mentions WHERE readout_id = $1
    UNION SELECT readout_version, office_start, office_end
        FROM mentions WHERE readout_id = $1 AND office_start IS NOT NULL
    UNION SELECT readout_version, start, "end" FROM evidence WHERE readout_id = $1
"""


@dataclass(frozen=True, slots=True)
class Quoting:
    """The records that quote a readout, in the order in which they are locked, and where its words stand now."""

    records: tuple[tuple[RecordKind, UUID], ...]
    rewording: Rewording


async def quoting(connection: Any, readout_id: UUID, texts: Mapping[int, str | None]) -> Quoting:
    """Lock the records that quote a readout, and look in the newest of its wordings for what they quote."""
    records: list[tuple[RecordKind, UUID]] = []
    kinds: tuple[tuple[RecordKind, str], ...] = (("readout", _READOUTS), ("call", _CALLS))
    for kind, locked in kinds:
        records += [(kind, row[0]) for row in await connection.fetch(locked, readout_id)]
    spans = [tuple(row) for row in await connection.fetch(_SPANS, readout_id)]
    # In a thread, so that others are answered while much is looked for.
    return Quoting(tuple(records), await asyncio.to_thread(Rewording.of, str(readout_id), texts, spans))


def wordings_of(document: Json) -> dict[int, str | None]:
    """The texts of a readout's wordings by their numbers."""
    return {one.get("version", 1): one.get("text") for one in document.get("versions", ())}
