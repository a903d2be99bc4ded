"""Readouts that a person labelled, read from files, to measure the reader by."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.vocabulary import Channel

_BOTH = "both"
_DAY = len("2020-03-19")


class LabelsRefused(ValueError):
    """Files cannot be used as labels; the message says which and why in one line."""


class _Label(BaseModel):
    # What else a label tells, such as an annotator's notes, is not measured.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Person(_Label):
    """A labelled participant."""

    full_name: str
    name_in_text: str | None = None
    country_iso2: str | None = None
    office: str | None = None


class Initiator(_Label):
    """Who is labelled to have initiated the call."""

    full_name: str


class Span(_Label):
    """A part of the text."""

    char_start: int = Field(ge=0)
    char_end: int = Field(ge=0)


class LabelledStatement(Span):
    """A labelled statement; its speaker is a full name, or `both` for joint ones.

    Null among the acceptable speakers is nobody: that it is taken for narration is right too.
    """

    speaker: str
    joint_speakers: list[str] = Field(default_factory=list)
    acceptable_speakers: list[str | None] = Field(default_factory=list)


class Gold(_Label):
    """What a person read in the text."""

    kind: str
    kind_actual: str | None = None
    date_iso: str | None = None
    initiator: Initiator | None = None
    participants: list[Person]
    statements: list[LabelledStatement]
    narration: list[Span] = Field(default_factory=list)

    @property
    def channel(self) -> Channel:
        """The channel, as another source knows it where one does."""
        kind = self.kind_actual or self.kind
        channels: dict[str, Channel] = {
            "telephone": "telephone",
            "video": "video",
            "meeting": "meeting",
            "letter": "correspondence",
            "correspondence": "correspondence",
        }
        return channels.get(kind, "unknown")

    def accepted(self, statement: LabelledStatement) -> set[frozenset[str] | None]:
        """The sets of speakers that are right for a statement; null where nobody is right as well."""
        joint = frozenset(statement.joint_speakers or [person.full_name for person in self.participants])
        names = [statement.speaker, *statement.acceptable_speakers]
        return {None if name is None else joint if name == _BOTH else frozenset({name}) for name in names}


def _day(given: object) -> object:
    """The day where it was published, of a time with its zone."""
    return given[:_DAY] if isinstance(given, str) else given


class LabelledReadout(_Label):
    """A readout as a user would tell it, and what is right."""

    text: str
    title: str | None = None
    publisher: str | None = None
    publisher_id: str | None = None
    language: str | None = None
    published_on: Annotated[date | None, Field(alias="published_at"), BeforeValidator(_day)] = None
    gold: Gold


def read_labels(folder: Path) -> Iterator[tuple[str, LabelledReadout]]:
    """The labelled readouts of a folder, by the names of their files; raises `LabelsRefused`."""
    if not folder.is_dir():
        message = f"{folder} is not a folder."
        raise LabelsRefused(message)
    paths = sorted(folder.glob("*.json"))
    if not paths:
        message = f"{folder} holds no .json files."
        raise LabelsRefused(message)
    for path in paths:
        try:
            yield path.name, LabelledReadout.model_validate_json(path.read_bytes())
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(step) for step in fault["loc"])
            message = f"{path}: {where or 'the file'}: {fault['msg']}."
            raise LabelsRefused(message) from None
