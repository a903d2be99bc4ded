"""The shapes of imports."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.content import LARGEST_IMPORT
from app.fields import Out, ProblemError
from app.filters import Filters
from app.vocabulary import ResourceName

Outcome = Literal["recorded", "there", "refused"]


class ImportedLine(Out):
    """What became of one line: its record is new, was there already and is left as it is, or has faults."""

    line: Annotated[int, Field(ge=1, le=9_007_199_254_740_991, json_schema_extra={"format": "int64"})]
    outcome: Outcome
    resource: ResourceName | None
    id: UUID | None
    errors: Annotated[list[ProblemError], Field(max_length=200)]


class ImportFilters(Filters):
    """How an import is done."""

    structure: ClassVar[frozenset[str]] = Filters.structure | {"skip_invalid"}

    skip_invalid: Annotated[
        Literal["true", "false"],
        Field(
            description="Whether lines with faults are left out and the rest is recorded; otherwise it is all or none.",
            examples=["true"],
        ),
    ] = "false"


_SENT = '{"type": "party", "code": "DE", "name": "Germany", "kind": "state"}\n'
_TOLD = (
    '{"line": 1, "outcome": "recorded", "resource": "parties", "id": "01970000-0000-7000-8000-000100000003", '
    '"errors": []}\n'
)
_LINE = r"^(\s*\{[^\n]*\}\s*(\n|$))*$"
LINES_SENT = {
    "required": True,
    "content": {
        "application/x-ndjson": {
            "schema": {
                "type": "string",
                # A file: clients take it from one, and not into memory.
                "format": "binary",
                "description": "A record a line, as `/v1/schemas/record.json` describes it.",
                "maxLength": LARGEST_IMPORT,
            },
            "example": _SENT,
        }
    },
}
"""How the document describes what is sent."""
LINES_TOLD = {
    "description": "What became of each line: an object a line.",
    "content": {
        "application/x-ndjson": {
            "schema": {
                "type": "string",
                "description": "Each line is as `ImportedLine`.",
                "maxLength": 2**53 - 1,
                "pattern": _LINE,
            },
            "example": _TOLD,
        }
    },
}
"""How it describes what is told."""
