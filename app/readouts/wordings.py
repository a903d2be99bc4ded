"""How two wordings of a readout differ."""

import asyncio
import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from app.asked import ReadoutReference
from app.db import Prepared, Reader
from app.diffing import diff
from app.filters import Shape
from app.json_sql import json_object, json_strings
from app.problems import InvalidRequest
from app.readouts.schemas import DiffFilters
from app.references import asked_id, asked_records
from app.resources import refuse_path
from app.tables import Readout, ReadoutVersion, Statement


async def get_readout_diff(reader: Reader, key: ReadoutReference, filters: DiffFilters) -> str:
    """How two wordings of a readout differ, as JSON text, by one statement.

    Raises NotFound and its like for the key, and InvalidRequest where a wording is not there, or has no text.
    """
    asked = {f"key_0{suffix}": part for suffix, part in key.values.items()} | {"from": filters.from_, "to": filters.to}
    rows = await reader.rows(_statement(key.form), asked)
    if not rows:
        await refuse_path(reader, key)
    ((told,),) = rows
    found = json.loads(told)
    texts = []
    for name in ("from", "to"):
        if found[name] is None:
            detail = "is not the number of a wording of the readout"
            raise InvalidRequest.parameter(name, detail)
        texts.append(found[name].pop("text"))
        if texts[-1] is None:
            detail = "is the number of a wording whose text is not recorded"
            raise InvalidRequest.parameter(name, detail)
    # In a thread, so that others are answered while long texts are compared.
    return await asyncio.to_thread(_told, found, *texts)


def _told(found: dict[str, Any], old: str, new: str) -> str:
    by, edits = diff(old, new)
    left = found.pop("left_statements")
    told = [
        {
            "kind": edit.kind,
            "from": {
                "text": old[edit.from_start : edit.from_end],
                "start": edit.from_start,
                "end": edit.from_end,
            },
            "to": {"text": new[edit.to_start : edit.to_end], "start": edit.to_start, "end": edit.to_end},
        }
        for edit in edits
    ]
    answer = {**found, "by": by, "edits": told, "left_statements": left}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


@lru_cache
def _statement(form: str) -> Prepared:
    asked = asked_records(Shape(key=(form,)), exact=frozenset({"key"}))
    key = asked_id(asked, "key_0")
    newest, before = aliased(ReadoutVersion), aliased(ReadoutVersion)
    to = func.coalesce(
        cast(bindparam("to", type_=Integer()), Integer),
        select(func.max(newest.version)).where(newest.readout_id == key).scalar_subquery(),
    )
    former = select(func.max(before.version)).where(before.readout_id == key, before.version < to).scalar_subquery()
    from_ = func.coalesce(cast(bindparam("from", type_=Integer()), Integer), former, to)
    left = aliased(Statement)
    told = select(
        Readout.id,
        Readout.title,
        _wording(key, from_).label("from"),
        _wording(key, to).label("to"),
        json_strings(
            select(left.id)
            .where(left.readout_id == key, left.readout_version == from_, from_ < to)
            .order_by(left.position)
        ).label("left_statements"),
    ).where(Readout.id == key)
    row = told.subquery("told")
    return Prepared.of(select(cast(func.row_to_json(row.table_valued()), Text)).select_from(row))


def _wording(readout_id: Any, version: Any) -> Any:
    wording = aliased(ReadoutVersion)
    return json_object(
        select(wording.version, wording.sha256, wording.created_at, wording.text).where(
            wording.readout_id == readout_id, wording.version == version
        )
    )
