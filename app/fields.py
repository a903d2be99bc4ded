"""The fields that schemas share: bounded strings and numbers, references, and the bases of what goes in and out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.asked import ID, LONGEST_CURSOR, is_id
from app.edtf import EdtfError, read_edtf
from app.names import usual_case

_WORDS = "^[a-z0-9]+(-[a-z0-9]+)*$"
"""Lower-case words joined by hyphens, which an id is too."""
_NO_ID: JsonDict = {"not": {"pattern": f"^{ID}$"}}


def _named(text: str) -> str:
    if is_id(text):
        code, message = "slug", "must not have the form of an id"
        raise PydanticCustomError(code, message)
    return text


Slug = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=_WORDS, examples=["xi-jinping"], json_schema_extra=_NO_ID),
    AfterValidator(_named),
]
Code = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Z][A-Z0-9-]*$", examples=["CN"])]
"""ISO 3166-1 alpha-2, ISO 3166-3 four letters for former states, or a plain code of ours."""


def _clean(text: str) -> str:
    if "\x00" in text or not text.strip():
        code, message = "text", "must be text without NUL characters and not only white space"
        raise PydanticCustomError(code, message)
    return text


_TEXT: JsonDict = {"pattern": r"^[^\x00]+$"}
"""What the document says of the texts that `_clean` lets through."""
Name = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_TEXT), AfterValidator(_clean)]
ShortName = Annotated[str, Field(min_length=1, max_length=100, json_schema_extra=_TEXT), AfterValidator(_clean)]
Title = Annotated[str, Field(min_length=1, max_length=500, json_schema_extra=_TEXT), AfterValidator(_clean)]
Note = Annotated[str, Field(min_length=1, max_length=2000, json_schema_extra=_TEXT), AfterValidator(_clean)]
ShortNote = Annotated[str, Field(min_length=1, max_length=1000, json_schema_extra=_TEXT), AfterValidator(_clean)]
Words = Annotated[str, Field(min_length=1, max_length=1_000_000, json_schema_extra=_TEXT), AfterValidator(_clean)]
"""Text of a readout."""
Url = Annotated[
    str,
    Field(min_length=8, max_length=2000, pattern=r"^https?://[^\s\x22<>\\^`{|}]+$", examples=["https://example.org/1"]),
]
Language = Annotated[
    str,
    Field(
        min_length=2,
        max_length=35,
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        description="BCP 47 language tag.",
        examples=["en"],
    ),
    AfterValidator(usual_case),
]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="A record by id, slug or code.",
        examples=["xi-jinping"],
        json_schema_extra=_TEXT,
    ),
    AfterValidator(_clean),
]
FormerKeys = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200, pattern=_WORDS, examples=["xi-jinping"])]],
    Field(
        max_length=1000, description="Earlier slugs, and the ids and slugs of records that were merged into this one."
    ),
]
Ref = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_-]+$", description="A name within one document."),
]
Sha256 = Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000,
        description="Zero-based count of Unicode code points into the readout's text.",
        json_schema_extra={"format": "int32"},
    ),
]
Highlights = Annotated[
    list[Annotated[list[Offset], Field(min_length=2, max_length=2)]] | None,
    Field(
        max_length=200,
        description="With `q`: start and end of what was found in the text, in code points; the first 200 at most.",
        examples=[[[12, 20]]],
    ),
]
Count = Annotated[int, Field(ge=0, le=2_147_483_647, json_schema_extra={"format": "int32"})]
Position = Annotated[int, Field(ge=1, le=2_147_483_647, json_schema_extra={"format": "int32"})]
Paragraph = Annotated[
    int,
    Field(
        ge=0,
        le=2_147_483_647,
        description="The paragraph, counted from 1 after the title; 0 is the title.",
        json_schema_extra={"format": "int32"},
    ),
]
Seconds = Annotated[int, Field(ge=0, le=604_800, json_schema_extra={"format": "int32"})]
IsoDay = Annotated[
    str, Field(min_length=10, max_length=10, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2020-03-19"])
]


def edtf(text: str) -> str:
    """Let a date of the profile through; raises PydanticCustomError for any other."""
    try:
        read_edtf(text)
    except EdtfError as error:
        code, message = "date", "{reason}"
        raise PydanticCustomError(code, message, {"reason": str(error)}) from error
    return text


EdtfText = Annotated[
    str,
    Field(
        min_length=4,
        max_length=100,
        pattern=r"^[0-9X?~%.,/\[\]TZ:+-]+$",
        description="Extended Date/Time Format (ISO 8601-2), in the profile the guide describes.",
        examples=["2020-03-19"],
    ),
    AfterValidator(edtf),
]


class In(BaseModel):
    """The base of what is written: nothing unknown, nothing coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Out(BaseModel):
    """The base of what is answered; a test holds every answer to exactly these members."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MergeIn(In):
    """Where a record is to live on."""

    into: Key


class Reference(Out):
    """Another record by its slug."""

    id: UUID
    slug: Slug
    name: Title


class PartyReferenceOut(Out):
    """A party by its code."""

    id: UUID
    code: Code
    name: Name


class DatedCall(Out):
    """A call, and its date as it is recorded."""

    date: EdtfText
    call: Reference


class IdentifierFields(Out):
    """A scheme and a value, unique in its scheme."""

    scheme: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_-]*$", examples=["wikidata"])]
    value: Annotated[
        str,
        Field(min_length=1, max_length=300, examples=["Q15031"], json_schema_extra=_TEXT),
        AfterValidator(_clean),
    ]


Identifiers = Annotated[list[IdentifierFields], Field(max_length=100)]


Version = Annotated[int, Field(ge=1, le=2_147_483_647, json_schema_extra={"format": "int32"})]


class RecordOut(Out):
    """What every record shows of itself."""

    id: UUID
    version: Version
    created_at: datetime
    content_changed_at: datetime


class PageOut(Out):
    """Where a page stands in its list."""

    limit: Annotated[int, Field(ge=1, le=200, json_schema_extra={"format": "int32"})]
    next: Annotated[
        str | None,
        Field(
            max_length=LONGEST_CURSOR,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="The cursor of the next page; null at the end.",
        ),
    ]
    total: Annotated[int, Field(ge=0, le=9_007_199_254_740_991, json_schema_extra={"format": "int64"})] | None = Field(
        default=None, description="With `count=exact`: how many records match."
    )
    ranked: Annotated[int, Field(ge=0, le=100, json_schema_extra={"format": "int32"})] | None = Field(
        default=None,
        description="With `sort=relevance`: how many records were ranked, the newest 100 of those that match at most.",
    )


class ProblemError(Out):
    """One fault of a request, in a parameter or at a pointer into its body."""

    parameter: Annotated[str | None, Field(max_length=200, pattern=r"^[^\x00]*$")] = None
    pointer: Annotated[str | None, Field(max_length=500, pattern=r"^(/[^\x00]*)?$")] = None
    detail: ShortNote


class ProblemOut(Out):
    """A problem (RFC 9457)."""

    type: Annotated[str, Field(max_length=100, pattern=r"^/problems#[a-z-]+$", examples=["/problems#not-found"])]
    title: ShortName
    status: Annotated[int, Field(ge=400, le=599, json_schema_extra={"format": "int32"})]
    detail: Annotated[str, Field(min_length=1, max_length=10_000, json_schema_extra=_TEXT)]
    instance: Annotated[str, Field(min_length=1, max_length=10_000, json_schema_extra=_TEXT)]
    errors: Annotated[list[ProblemError] | None, Field(max_length=200)] = None
    candidates: Annotated[list[Reference | PartyReferenceOut] | None, Field(max_length=30)] = None
