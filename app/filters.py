"""What a question asks, read from its parameters: its shape, for which a statement is compiled once, and its values."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.asked import (
    LONGEST_CURSOR,
    Asked,
    CallReference,
    DateSpan,
    IdentifierValue,
    LanguageTag,
    Moment,
    PartyReference,
    PublisherReference,
    Span,
    TopicReference,
)
from app.vocabulary import Role

Form = Literal["json", "ndjson", "csv"]
"""In what a list is written: a page of it, or all of it as a stream."""


NONE_GIVEN: Any = Field(default_factory=list, json_schema_extra={"default": []})
"""The default of a parameter that can be repeated; Pydantic would copy a list deeply whenever none is given."""


def whole_number(value: object) -> object:
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


def in_order(values: list[Any]) -> list[Any]:
    """The values of a repeated parameter, those of one form together, so that their order makes no further shapes."""
    return sorted(values, key=lambda value: value.form if isinstance(value, Asked) else "")


class Filters(BaseModel):
    """The base of every query model: unknown parameters are refused, and an answer's shape and values are read off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Lists of terms are structure too.
    structure: ClassVar[frozenset[str]] = frozenset({"sort", "count", "date_match"})
    not_of_the_query: ClassVar[frozenset[str]] = frozenset({"limit", "cursor", "count", "include", "facet"})
    # How the answer is written makes no other question, nor does the time of which it is asked.
    not_asked: ClassVar[frozenset[str]] = frozenset({"format", "as_of"})

    @classmethod
    @cache
    def unasked(cls) -> Shape:
        """The shape of the question that gives no parameter."""
        return cls().shape()

    def shape(self) -> Shape:
        """The question's shape."""
        return Shape(self._shape)

    def values(self) -> dict[str, object]:
        """The values of the question's binds, by name."""
        return dict(self._values)

    def identity(self) -> str:
        """What a cursor is bound to: the filters and the order, but not the size of a page or what is embedded."""
        shape = [item for item in self._shape.items() if item[0] not in self.not_of_the_query]
        values = [item for item in self._values.items() if item[0] not in {"limit_0", "cursor_0"}]
        moment = moment_of(self)
        return repr((shape, values) if moment is None else (shape, values, moment.isoformat()))

    @cached_property
    def _shape(self) -> Shape:
        if not self.model_fields_set:
            return self._shape_of(type(self).model_fields)
        # What is not given is as usual, and most is not.
        return Shape(self.unasked() | self._shape_of(self._given))

    def _shape_of(self, names: Iterable[str]) -> Shape:
        shape = Shape()
        for name in names:
            value = getattr(self, name)
            if name in self.not_asked:
                continue
            if name in self.structure:
                shape[name] = str(value)
            elif isinstance(value, list):
                asked = [item.form for item in in_order(value) if isinstance(item, Asked)]
                shape[name] = tuple(asked) if asked else ",".join(sorted(set(value)))
            elif isinstance(value, Asked):
                shape[name] = (value.form,)
            elif value is not None:
                shape[name] = ("",)
        return shape

    @property
    def _given(self) -> list[str]:
        """The parameters that are given, in the order of their declaration."""
        return sorted(self.model_fields_set, key=self._places().__getitem__)

    @classmethod
    @cache
    def _places(cls) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(cls.model_fields)}

    @classmethod
    @cache
    def _unasked_values(cls) -> Mapping[str, object]:
        return cls()._values_of(cls.model_fields)  # noqa: SLF001 - its own

    @cached_property
    def _values(self) -> dict[str, object]:
        return {**self._unasked_values(), **self._values_of(self._given)}

    def _values_of(self, names: Iterable[str]) -> dict[str, object]:
        bound: dict[str, object] = {}
        for name in names:
            value = getattr(self, name)
            if value is None or name in self.structure or name in self.not_asked:
                continue
            for number, item in enumerate(in_order(value) if isinstance(value, list) else [value]):
                if isinstance(item, Asked):
                    bound.update({f"{name}_{number}{suffix}": part for suffix, part in item.values.items()})
                elif not isinstance(value, list):
                    bound[f"{name}_{number}"] = item
        return bound


def _commas(value: object) -> object:
    return [part for item in value for part in str(item).split(",")] if isinstance(value, list) else value


Included = BeforeValidator(_commas)
"""Lets a list of terms be given with commas as well as by repeating the parameter."""


CURSOR = "WyJmMjJhOGUzODE3YTM1YTQ2YzciLCJhcm1lZCBjb25mbGljdCIsIjAxOTcwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDQwMDAwMDAxNSJd"
"""An example: what leads from `/v1/topics?limit=2` to its second page."""


class Paged(Filters):
    """The parameters of what comes in pages."""

    limit: Annotated[
        int,
        Field(
            ge=1,
            le=200,
            description="How many records a page holds.",
            examples=[2],
            json_schema_extra={"format": "int32"},
        ),
        BeforeValidator(whole_number),
    ] = 20
    cursor: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_CURSOR,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Where to go on: `page.next` of the page before.",
            examples=[CURSOR],
        ),
    ] = None


class PageFilters(Paged):
    """The parameters of every list."""

    count: Annotated[
        Literal["exact"] | None,
        Field(description="`exact` adds `page.total`, the number of all matching records.", examples=["exact"]),
    ] = None

    format: Annotated[
        Form | None,
        Field(
            description="`ndjson` or `csv` streams all matching records, without pages; what it says goes before "
            "`Accept`.",
            examples=["json"],
        ),
    ] = None


IdentifierFilter = Annotated[
    IdentifierValue | None,
    Field(
        description="Only what bears this identifier, as `scheme:value`; compared without regard to case.",
        examples=["wikidata:Q7747"],
    ),
]


AsOf = Annotated[
    Moment | None,
    Field(
        description="Answers as the records were at this time, which is not later than the head of the change feed.",
        examples=["2026-12-01T00:00:00Z"],
    ),
]


def moment_of(filters: Filters) -> datetime | None:
    """The time of which is asked; None for now."""
    asked: Moment | None = getattr(filters, "as_of", None)
    return None if asked is None else asked.moment


class ItemFilters(Filters):
    """What can be asked of every item: a record that does not bear the identifier is not found."""

    as_of: AsOf = None
    identifier: IdentifierFilter = None


class DateFilters(PageFilters):
    """The parameters that ask by the date of the call."""

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

    @field_validator("date_to")
    @classmethod
    def ends_after_it_starts(cls, end: Span | None, info: ValidationInfo) -> Span | None:
        """Refuse a span without a day, as an interval written so is refused."""
        start = info.data.get("date_from")
        if end is not None and isinstance(start, Span) and start.begins_after(end):
            code, message = "date", "must not end before date_from starts"
            raise PydanticCustomError(code, message)
        return end

    date_match: Annotated[
        Literal["possible", "certain"],
        Field(
            description="Whether the call's possible dates may overlap the span, or must lie inside it. A date marked "
            "uncertain or approximate is never certain.",
            examples=["possible"],
        ),
    ] = "possible"


class DatedFilters(DateFilters):
    """The parameters of lists that can be asked by the date of the call."""

    sort: Annotated[
        Literal["-date", "date"], Field(description="`-date` is newest first, `date` oldest first.", examples=["-date"])
    ] = "-date"


class SearchedFilters(DateFilters):
    """The parameters of lists that can be asked by the date of the call and searched by words."""

    sort: Annotated[
        Literal["-date", "date", "relevance"],
        Field(
            description="`-date` is newest first, `date` oldest first; `relevance` ranks the newest 100 records that "
            "match by how well they meet `q`.",
            examples=["-date"],
        ),
    ] = "-date"


PAGES_OF_THE_PAST = frozenset(
    {"as_of", "limit", "cursor", "format", "sort", "date", "date_from", "date_to", "date_match"}
)
"""What can be asked of every list that tells of the past."""
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
NameSort = Annotated[Literal["name", "-name"], Field(description="By name, upwards or downwards.", examples=["name"])]
PartyFilter = Annotated[PartyReference | None, Field(description="The party, by id, code or alias.", examples=["RU"])]
Roles = Annotated[
    list[Literal[Role, "any"]],
    Included,
    Field(
        max_length=5,
        description="Roles that count beside `principal`; `any` for all. Repeat it or separate them by commas.",
        examples=[["any"]],
    ),
]
