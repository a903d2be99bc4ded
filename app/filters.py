"""What a question asks, read from its parameters: its shape, for which a statement is compiled once, and its values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.edtf import EdtfError, read_edtf
from app.names import fold, usual_case
from app.vocabulary import Role

Kind = Literal[
    "call", "leader", "party", "publisher", "topic", "readout", "participant", "statement", "claim", "initiator"
]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_IDENTIFIER = re.compile(r"([a-z][a-z0-9_-]{0,39}):(\S.*)", re.DOTALL)
FIRST_DAY = "0001-01-01 BC"
"""The first day a bound can have, as PostgreSQL writes the first of January of the year 0."""


def day(iso: str | None, unbounded: str) -> str:
    """An ISO day as PostgreSQL reads it, which has no year 0; `unbounded` stands for a missing one."""
    if iso is None:
        return unbounded
    return f"0001{iso[4:]} BC" if iso.startswith("0000") else iso


class Asked:
    """A parameter's value: `form` takes part in the question's shape, `values` are bound to it by suffix."""

    example: ClassVar[str] = ""
    longest: ClassVar[int] = 200
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a parameter's text; raises PydanticCustomError for one that means nothing."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let Pydantic take the value as a bounded string, which is also how the document describes it."""
        return core_schema.no_info_after_validator_function(
            cls.read, core_schema.str_schema(min_length=1, max_length=cls.longest)
        )


@dataclass(frozen=True, slots=True)
class Reference(Asked):
    """A record named by its id, slug, code or name."""

    kind: ClassVar[Kind]
    text: str
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell an id from a slug, code or name by its form."""
        if _UUID.fullmatch(text):
            return cls(text, f"{cls.kind}:id", {"": UUID(text)})
        return cls(text, f"{cls.kind}:text", {"": text, "_folded": fold(text)})


class CallReference(Reference):
    """A call by id or slug."""

    kind = "call"


class LeaderReference(Reference):
    """A leader by id, Wikidata QID, slug or any recorded name."""

    kind = "leader"


class PartyReference(Reference):
    """A party by id, code or alias."""

    kind = "party"


class PublisherReference(Reference):
    """A publisher by id or slug."""

    kind = "publisher"


class TopicReference(Reference):
    """A topic by id or slug."""

    kind = "topic"


class ReadoutReference(Reference):
    """A readout by id."""

    kind = "readout"


class ParticipantReference(Reference):
    """A participant by id."""

    kind = "participant"


class StatementReference(Reference):
    """A statement by id."""

    kind = "statement"


class InitiatorReference(Reference):
    """Who initiated: a party, a leader, or `mutual`."""

    kind = "initiator"

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell `mutual` from a record's id, code or name."""
        if text == "mutual":
            return cls(text, "mutual", {})
        return super().read(text)


@dataclass(frozen=True, slots=True)
class IdentifierValue(Asked):
    """An identifier as `scheme:value`."""

    longest: ClassVar[int] = 341
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Split at the first colon."""
        match = _IDENTIFIER.fullmatch(text)
        if match is None:
            code, message = "identifier", "must be scheme:value, such as wikidata:Q7747"
            raise PydanticCustomError(code, message)
        return cls("", {"_scheme": match[1], "_folded": fold(match[2])})


@dataclass(frozen=True, slots=True)
class FoldedName(Asked):
    """A whole name, compared without case or accents."""

    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Fold the name."""
        return cls("", {"": fold(text)})


@dataclass(frozen=True, slots=True)
class Span(Asked):
    """A span of days: an EDTF date or interval without gaps."""

    longest: ClassVar[int] = 100
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the EDTF and take its first and last day."""
        try:
            date = read_edtf(text)
        except EdtfError as error:
            code, message = "date", "{reason}"
            raise PydanticCustomError(code, message, {"reason": str(error)}) from error
        if date.qualified or not date.contiguous or (date.earliest is None and date.latest is None):
            code, message = "date", "must be a date such as 2020-03-19, 2020-03 or 2020, or an interval of such dates"
            raise PydanticCustomError(code, message)
        return cls("span", {"_from": day(date.earliest, FIRST_DAY), "_to": day(date.latest, "infinity")})


class DateSpan(Span):
    """A span of days, or `unknown` for dates that have no bounds."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell `unknown` from a span."""
        return cls("unknown", {}) if text == "unknown" else super().read(text)


@dataclass(frozen=True, slots=True)
class LanguageTag(Asked):
    """A BCP 47 language tag."""

    longest: ClassVar[int] = 35
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Write the tag in its usual case."""
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text, re.ASCII):
            code, message = "language", "must be a language tag such as en or zh-Hans"
            raise PydanticCustomError(code, message)
        return cls("", {"": usual_case(text)})


def _whole_number(value: object) -> object:
    """Take digits only: Pydantic would also read `+5`, ` 5` and `1_0`."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        code, message = "int_parsing", "must be a whole number in digits"
        raise PydanticCustomError(code, message)
    return value


class Shape(dict[str, tuple[str, ...] | str]):
    """Which parameters a question carries and in which forms, but not their values; structure stands as it is."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash by the parameters in the order of their declaration."""
        return hash(tuple(self.items()))

    def binds(self, name: str) -> list[tuple[str, str]]:
        """The bind name and the form of each value of a parameter; none where it was not given."""
        forms = self.get(name, ())
        return [(f"{name}_{number}", form) for number, form in enumerate(forms)]

    def chosen(self, name: str) -> str:
        """The value of a parameter of structure, such as `sort`."""
        return str(self[name])


class Filters(BaseModel):
    """The base of every query model: unknown parameters are refused, and an answer's shape and values are read off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Lists of terms are structure too.
    structure: ClassVar[frozenset[str]] = frozenset({"sort", "count", "date_match"})
    not_of_the_query: ClassVar[frozenset[str]] = frozenset({"limit", "cursor", "count", "include"})

    def shape(self) -> Shape:
        """The question's shape."""
        shape = Shape()
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in self.structure:
                shape[name] = str(value)
            elif isinstance(value, Asked):
                shape[name] = (value.form,)
            elif isinstance(value, list):
                asked = [item.form for item in value if isinstance(item, Asked)]
                shape[name] = tuple(asked) if asked else ",".join(sorted(set(value)))
            elif value is not None:
                shape[name] = ("",)
        return shape

    def values(self) -> dict[str, object]:
        """The values of the question's binds, by name."""
        bound: dict[str, object] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in self.structure or value is None:
                continue
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, Asked):
                    bound.update({f"{name}_{number}{suffix}": part for suffix, part in item.values.items()})
                elif not isinstance(value, list):
                    bound[f"{name}_{number}"] = item
        return bound

    def identity(self) -> str:
        """What a cursor is bound to: the filters and the order, but not the size of a page or what is embedded."""
        shape = [item for item in self.shape().items() if item[0] not in self.not_of_the_query]
        values = [item for item in self.values().items() if item[0] not in {"limit_0", "cursor_0"}]
        return repr((shape, values))


def _commas(value: object) -> object:
    return [part for item in value for part in str(item).split(",")] if isinstance(value, list) else value


Included = BeforeValidator(_commas)
"""Lets a list of terms be given with commas as well as by repeating the parameter."""


class PageFilters(Filters):
    """The parameters of every list."""

    limit: Annotated[
        int,
        Field(ge=1, le=200, description="How many records a page holds.", json_schema_extra={"format": "int32"}),
        BeforeValidator(_whole_number),
    ] = 20
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=1000,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Where to go on: `page.next` of the page before.",
        ),
    ] = None
    count: Annotated[
        Literal["exact"] | None, Field(description="`exact` adds `page.total`, the number of all matching records.")
    ] = None


IdentifierFilter = Annotated[
    IdentifierValue | None,
    Field(description="Only what bears this identifier, as `scheme:value`; compared without regard to case."),
]


class ItemFilters(Filters):
    """What can be asked of every item: a record that does not bear the identifier is not found."""

    identifier: IdentifierFilter = None


class DatedFilters(PageFilters):
    """The parameters of lists that can be asked by the date of the call."""

    date: Annotated[
        DateSpan | None,
        Field(
            description="A day, month or year, or an EDTF interval such as `2020-03/2020-05`; `unknown` for undated.",
            examples=["2020-03"],
        ),
    ] = None
    date_from: Annotated[
        Span | None,
        Field(description="The first day, at any precision: `2020` begins on 1 January.", examples=["2020"]),
    ] = None
    date_to: Annotated[
        Span | None,
        Field(
            description="The last day, inclusive, at any precision: `2020-03` ends on 31 March.", examples=["2020-03"]
        ),
    ] = None
    date_match: Annotated[
        Literal["possible", "certain"],
        Field(
            description="Whether the call's possible dates may overlap the span, or must lie inside it. A date marked "
            "uncertain or approximate is never certain."
        ),
    ] = "possible"
    sort: Annotated[Literal["-date", "date"], Field(description="`-date` is newest first, `date` oldest first.")] = (
        "-date"
    )


CallFilter = Annotated[
    CallReference | None,
    Field(description="The call, by id or slug.", examples=["2020-03-19-xi-jinping-vladimir-putin"]),
]
LanguageFilter = Annotated[
    LanguageTag | None,
    Field(description="The readout's language, a BCP 47 tag; `zh` takes in `zh-Hans`.", examples=["en"]),
]
PublisherFilter = Annotated[
    PublisherReference | None,
    Field(description="Who released a readout, by id or slug.", examples=["dalian-municipal-government"]),
]
TopicFilter = Annotated[
    TopicReference | None,
    Field(description="The subject, by id or slug; narrower terms are taken in.", examples=["public-health"]),
]
PartyFilter = Annotated[PartyReference | None, Field(description="The party, by id, code or alias.", examples=["RU"])]
Roles = Annotated[
    list[Role | Literal["any"]],
    Included,
    Field(
        max_length=5,
        description="Roles that count beside `principal`; `any` for all. Repeat it or separate them by commas.",
    ),
]
