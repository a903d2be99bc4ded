"""The values that parameters take: records named in different ways, dates, names, identifiers, languages."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal, Self
from uuid import UUID

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.edtf import EdtfError, read_edtf
from app.names import fold, usual_case

Kind = Literal[
    "call", "leader", "party", "publisher", "topic", "readout", "participant", "statement", "claim", "initiator"
]

LONGEST_CURSOR = 4_000
"""In characters: a cursor holds the keys that a list is sorted by, such as a name in its folded form."""
ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The form of an id, as a regular expression."""
_UUID = re.compile(ID, re.IGNORECASE | re.ASCII)
_IDENTIFIER = re.compile(r"([a-z][a-z0-9_-]{0,39}):(\S.*)", re.DOTALL | re.IGNORECASE | re.ASCII)


def is_id(text: str) -> bool:
    """Whether a text has the form of an id."""
    return _UUID.fullmatch(text) is not None


FIRST_DAY = "0001-01-01 BC"
"""The first day a bound can have, as PostgreSQL writes the first of January of the year 0."""


def day(iso: str | None, unbounded: str) -> str:
    """An ISO day as PostgreSQL reads it, which has no year 0; `unbounded` stands for a missing one."""
    if iso is None:
        return unbounded
    return f"0001{iso[4:]} BC" if iso.startswith("0000") else iso


class Asked(ABC):
    """A parameter's value: `form` takes part in the question's shape, `values` are bound to it by suffix."""

    longest: ClassVar[int] = 200
    pattern: ClassVar[str] = r"^[^\x00]+$"
    """What the document says of the text's form; `read` decides, and says what is wrong in words."""
    form: str
    values: Mapping[str, object]

    @classmethod
    @abstractmethod
    def read(cls, text: str) -> Self:
        """Read a parameter's text; raises PydanticCustomError for one that means nothing."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let Pydantic take the value as a bounded string, which is also how the document describes it."""
        return core_schema.no_info_after_validator_function(
            cls.read, core_schema.str_schema(min_length=1, max_length=cls.longest)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the string."""
        return {**handler(schema), "pattern": cls.pattern}


@dataclass(frozen=True, slots=True)
class Reference(Asked):
    """A record named by its id, slug, code or name."""

    kind: ClassVar[Kind]
    described: ClassVar[str]
    """What it names, and by what."""
    text: str
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell an id from a slug, code or name by its form."""
        if is_id(text):
            return cls(text, f"{cls.kind}:id", {"": UUID(text)})
        # Slugs are in small letters and codes in capitals, however they are asked for.
        key = text.upper() if cls.kind == "party" else text.lower()
        return cls(text, f"{cls.kind}:text", {"": key, "_folded": fold(text)})


class CallReference(Reference):
    """A call by id or slug."""

    kind = "call"
    described = "The call, by id or slug."


class LeaderReference(Reference):
    """A leader by id, Wikidata QID, slug or any recorded name."""

    kind = "leader"
    described = "The leader, by id, Wikidata QID, slug or name."


class PartyReference(Reference):
    """A party by id, code or alias."""

    kind = "party"
    described = "The party, by id, code or alias."


class PublisherReference(Reference):
    """A publisher by id or slug."""

    kind = "publisher"
    described = "The publisher, by id or slug."


class TopicReference(Reference):
    """A topic by id or slug."""

    kind = "topic"
    described = "The topic, by id or slug."


class ReadoutReference(Reference):
    """A readout by id."""

    kind = "readout"
    described = "The readout, by id."


class ParticipantReference(Reference):
    """A participant by id."""

    kind = "participant"
    described = "The participant, by id."


class StatementReference(Reference):
    """A statement by id."""

    kind = "statement"
    described = "The statement, by id."


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
class DraftReference(Asked):
    """A draft by its id, or by the SHA-256 of its text; anything else names none."""

    longest: ClassVar[int] = 64
    described: ClassVar[str] = "The draft, by id or by the SHA-256 of its text."
    text: str
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell an id from a hash by its form."""
        values: dict[str, object] = {"id": UUID(text) if is_id(text) else None, "sha256": text.lower()}
        return cls(text, "", values)


@dataclass(frozen=True, slots=True)
class DyadReference(Asked):
    """Two parties or two leaders, joined by a hyphen, which their names may have, too.

    `pairs` are what stands before and behind each hyphen, where it may be the one that joins, and `readings` their
    forms.
    """

    longest: ClassVar[int] = 401
    described: ClassVar[str] = (
        "Two parties by id, code or alias, or two leaders by id, Wikidata QID, slug or name, joined by a hyphen."
    )
    most_readings: ClassVar[int] = 30
    text: str
    form: str
    values: Mapping[str, object]
    readings: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Take the text apart at each hyphen; an id is not taken apart."""
        parts = [(text[:place], text[place + 1 :]) for place, letter in enumerate(text) if letter == "-"]
        split = [(one, other) for one, other in parts if one and other]
        split = [pair for pair in split if any(map(is_id, pair))] or split
        values: dict[str, object] = {}
        forms = []
        for number, pair in enumerate(split[: cls.most_readings]):
            for side, name in zip(("one", "other"), pair, strict=True):
                for kind in (PartyReference, LeaderReference):
                    read = kind.read(name).values
                    values.update({f"{kind.kind}_{side}_{number}{suffix}": part for suffix, part in read.items()})
            forms.append(("id" if is_id(pair[0]) else "text", "id" if is_id(pair[1]) else "text"))
        return cls(text, "", values, tuple(forms), tuple(split[: cls.most_readings]))


@dataclass(frozen=True, slots=True)
class IdentifierValue(Asked):
    """An identifier as `scheme:value`."""

    longest: ClassVar[int] = 341
    pattern: ClassVar[str] = r"^[A-Za-z][A-Za-z0-9_-]{0,39}:[^\s\x00][^\x00]*$"
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Split at the first colon."""
        match = _IDENTIFIER.fullmatch(text)
        if match is None:
            code, message = "identifier", "must be scheme:value, such as wikidata:Q7747"
            raise PydanticCustomError(code, message)
        return cls("", {"_scheme": match[1].lower(), "_folded": fold(match[2])})


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
    pattern: ClassVar[str] = r"^[0-9X./,\[\]-]+$"
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
        bounded = date.earliest is not None or date.latest is not None
        if not bounded or date.qualified or not date.contiguous or date.precision == "second":
            code, message = (
                "date",
                "must be a day, month, year or interval, such as 2020-03-19, 2020-03 or 2020",
            )
            raise PydanticCustomError(code, message)
        return cls("span", {"_from": day(date.earliest, "-infinity"), "_to": day(date.latest, "infinity")})

    def begins_after(self, other: "Span") -> bool:
        """Whether its first day comes after the last day of another span."""
        first, last = str(self.values["_from"]), str(other.values["_to"])
        if first == "-infinity" or last == "infinity":
            return False
        # Days of the year 0 are written as of 1 BC and come before all others.
        return (not first.endswith("BC"), first) > (not last.endswith("BC"), last)


class DateSpan(Span):
    """A span of days, or `unknown` for dates that have no bounds."""

    pattern: ClassVar[str] = r"^(unknown|[0-9X./,\[\]-]+)$"

    @classmethod
    def read(cls, text: str) -> Self:
        """Tell `unknown` from a span."""
        return cls("unknown", {}) if text == "unknown" else super().read(text)


@dataclass(frozen=True, slots=True)
class Moment(Asked):
    """A time as RFC 3339 writes it, with its offset from UTC."""

    longest: ClassVar[int] = 32
    pattern: ClassVar[str] = (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
    )
    text: str
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the time; a microsecond is as fine as it gets."""
        moment = None
        if re.fullmatch(cls.pattern, text):
            with suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
        if moment is None:
            code = "moment"
            message = "must be a time with its offset, such as 2026-12-01T00:00:00Z (a + in an address is sent as %2B)"
            raise PydanticCustomError(code, message)
        return cls(text, "", {"": moment})

    @property
    def moment(self) -> datetime:
        """The time itself, in UTC."""
        moment = self.values[""]
        assert isinstance(moment, datetime)
        return moment


@dataclass(frozen=True, slots=True)
class LanguageTag(Asked):
    """A BCP 47 language tag."""

    longest: ClassVar[int] = 35
    pattern: ClassVar[str] = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> Self:
        """Write the tag in its usual case."""
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text, re.ASCII):
            code, message = "language", "must be a language tag such as en or zh-Hans"
            raise PydanticCustomError(code, message)
        return cls("", {"": usual_case(text)})
