"""The lines that records travel in: JSON objects that say their type, and otherwise are the records' documents."""

import json
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError

from app.calls.schemas import CallBase
from app.entries import RECORD_KINDS, Entry, Fault, Line, RecordKind
from app.fields import FormerKeys
from app.ids import new_id
from app.leaders.schemas import LeaderIn
from app.parties.schemas import PartyIn
from app.pointers import is_no_json, pointer, wrong_in
from app.publishers.schemas import PublisherIn
from app.readouts.schemas import ReadoutIn
from app.topics.schemas import TopicIn


class PartyLine(PartyIn):
    """A party."""

    type: Literal["party"]


class WholeLeader(LeaderIn):
    """A leader, with exactly one preferred name, with the keys that it had before."""

    former_keys: FormerKeys = []


class LeaderLine(WholeLeader):
    """A leader, with exactly one preferred name; the parties of the offices come before."""

    type: Literal["leader"]


class WholePublisher(PublisherIn):
    """A publisher, with the keys that it had before."""

    former_keys: FormerKeys = []


class PublisherLine(WholePublisher):
    """A publisher; its party comes before."""

    type: Literal["publisher"]


class WholeTopic(TopicIn):
    """A topic, with the keys that it had before."""

    former_keys: FormerKeys = []


class TopicLine(WholeTopic):
    """A topic; its broader term comes before."""

    type: Literal["topic"]


class WholeReadout(ReadoutIn):
    """A readout; those that it translates, or that its claims' evidence quotes, may also come later."""

    former_keys: FormerKeys = []


class ReadoutLine(WholeReadout):
    """A readout on a line of its own; those that it translates, or that its evidence quotes, may also come later.

    It has no slug or code, so that only its id or an identifier tells that it is recorded already.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["id"], "properties": {"id": {"type": "string"}}},
                {"required": ["identifiers"], "properties": {"identifiers": {"minItems": 1}}},
            ]
        }
    )

    type: Literal["readout"]


def _form(given: object) -> str:
    return "id" if isinstance(given, str | UUID) else "readout"


class WholeCall(CallBase):
    """A call with all that belongs to it. Its readouts stand in it whole, or are recorded and named by their ids."""

    readouts: Annotated[
        list[Annotated[Annotated[UUID, Tag("id")] | Annotated[WholeReadout, Tag("readout")], Discriminator(_form)]],
        Field(max_length=1000),
    ] = []
    former_keys: FormerKeys = []


class CallLine(WholeCall):
    """A call with all that belongs to it. Its readouts stand in it whole, or come before and are named by their ids."""

    type: Literal["call"]


AnyLine = Annotated[
    PartyLine | LeaderLine | PublisherLine | TopicLine | ReadoutLine | CallLine, Field(discriminator="type")
]
_ADAPTER: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)


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
    """Read one line of a file; it has faults where it is not JSON, or not what the schema asks for."""
    line = read_document(number, written)
    if not line.faults and line.record.kind == "readout":
        document = line.record.document
        if document.id is None and not document.identifiers:
            # It has no slug or code, and would be recorded once more each time that it is imported.
            line.record.fault((), "has neither an id nor an identifier, by which it would be known when it comes again")
    return line


def read_document(number: int, written: bytes) -> Line:
    """The same of a document that is sent by itself with its type, and need not be met again."""
    line = Line(number)
    try:
        document = _ADAPTER.validate_json(written)
    except ValidationError as error:
        line.faults = [Fault(number, pointer(steps), detail) for steps, detail in wrong_in(error, shape=True)]
        if not is_no_json(error):
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


def _seems(given: Any) -> list[tuple[RecordKind, str]]:
    """The records, by each of their keys, that a line with faults seems to be of."""
    if not isinstance(given, dict) or given.get("type") not in RECORD_KINDS:
        return []
    readouts = given.get("readouts") if given["type"] == "call" else None
    embedded = [readout for readout in readouts if isinstance(readout, dict)] if isinstance(readouts, list) else []
    keys = [(given["type"], given.get(name)) for name in ("id", "slug", "code")]
    keys += [("readout", readout.get("id")) for readout in embedded]
    return [(kind, key) for kind, key in keys if isinstance(key, str)]
