"""The lines that records travel in: JSON objects that say their type, and otherwise are the records' documents."""

import json
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.calls.schemas import CallBase
from app.entries import RECORD_KINDS, Entry, Fault, Line, RecordKind, Steps, pointer
from app.fields import FormerKeys
from app.ids import new_id
from app.leaders.schemas import LeaderIn
from app.parties.schemas import PartyIn
from app.publishers.schemas import PublisherIn
from app.readouts.schemas import ReadoutIn
from app.topics.schemas import TopicIn


class PartyLine(PartyIn):
    """A party."""

    type: Literal["party"]


class LeaderLine(LeaderIn):
    """A leader, with exactly one preferred name; the parties of the offices come before."""

    type: Literal["leader"]
    former_keys: FormerKeys = []


class PublisherLine(PublisherIn):
    """A publisher; its party comes before."""

    type: Literal["publisher"]
    former_keys: FormerKeys = []


class TopicLine(TopicIn):
    """A topic; its broader term comes before."""

    type: Literal["topic"]
    former_keys: FormerKeys = []


class WholeReadout(ReadoutIn):
    """A readout; those that it translates, or that its claims' evidence quotes, may also come later."""

    former_keys: FormerKeys = []


class ReadoutLine(WholeReadout):
    """A readout on a line of its own; those that it translates, or that its evidence quotes, may also come later."""

    type: Literal["readout"]


def _form(given: object) -> str:
    return "id" if isinstance(given, str | UUID) else "readout"


class CallLine(CallBase):
    """A call with all that belongs to it. Its readouts stand in it whole, or come before and are named by their ids."""

    type: Literal["call"]
    readouts: Annotated[
        list[Annotated[Annotated[UUID, Tag("id")] | Annotated[WholeReadout, Tag("readout")], Discriminator(_form)]],
        Field(max_length=1000),
    ] = []
    former_keys: FormerKeys = []


AnyLine = Annotated[
    PartyLine | LeaderLine | PublisherLine | TopicLine | ReadoutLine | CallLine, Field(discriminator="type")
]
_ADAPTER: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)
_TYPES = ", ".join(RECORD_KINDS)
# The members whose elements are of several shapes, of which Pydantic then names one as a step.
_SHAPED = {"claims", "readouts"}


@lru_cache
def record_schema() -> dict[str, Any]:
    """The JSON Schema of a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/v1/schemas/record.json",
        "title": "A record",
        "description": "One line of the NDJSON that `telcon export` writes and `telcon import` reads.",
        **_ADAPTER.json_schema(),
    }


def read_line(number: int, written: bytes) -> Line:
    """Read one line; it has faults where it is not JSON, or not what the schema asks for."""
    line = Line(number)
    try:
        document = _ADAPTER.validate_json(written)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        line.faults = [Fault(number, pointer(_steps(fault)), _detail(fault)) for fault in found]
        if found[0]["type"] != "json_invalid":
            line.seems = _seems(json.loads(written))
        return line
    if isinstance(document, CallLine):
        for place, readout in enumerate(document.readouts):
            if isinstance(readout, WholeReadout):
                whole = readout if readout.id is not None else readout.model_copy(update={"id": new_id()})
                document.readouts[place] = whole
                line.entries.append(Entry(line, "readout", whole, ("readouts", place)))
    line.entries.append(Entry(line, document.type, document))
    return line


def _steps(fault: ErrorDetails) -> Steps:
    """The steps to what is wrong, without those that name a shape."""
    steps = fault["loc"][1:]
    way = tuple(
        step
        for place, step in enumerate(steps)
        if not (place > 1 and isinstance(steps[place - 1], int) and steps[place - 2] in _SHAPED)
    )
    told = fault.get("ctx", {}).get("discriminator")
    return (*way, told.strip("'")) if fault["type"].startswith("union_tag") and told else way


def _detail(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "json_invalid":
            return "is not JSON: " + fault["msg"].removeprefix("Invalid JSON: ").replace("line 1 column", "column")
        case "extra_forbidden":
            return "is not a member here"
        case "missing" | "union_tag_not_found":
            return "is missing"
        case "union_tag_invalid":
            return f"must be one of {fault['ctx']['expected_tags']}".replace("'", "")
        case "value_error":
            return fault["msg"].removeprefix("Value error, ")
        case _:
            return fault["msg"][:1].lower() + fault["msg"][1:]


def _seems(given: Any) -> list[tuple[RecordKind, str]]:
    """The records, by each of their keys, that a line with faults seems to be of."""
    if not isinstance(given, dict) or given.get("type") not in RECORD_KINDS:
        return []
    readouts = given.get("readouts") if given["type"] == "call" else None
    embedded = [readout for readout in readouts if isinstance(readout, dict)] if isinstance(readouts, list) else []
    keys = [(given["type"], given.get(name)) for name in ("id", "slug", "code")]
    keys += [("readout", readout.get("id")) for readout in embedded]
    return [(kind, key) for kind, key in keys if isinstance(key, str)]
