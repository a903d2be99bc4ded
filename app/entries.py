"""Records to be recorded, each with the line and the place that it was read from, and what is wrong there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args
from uuid import UUID

from app.fields import IdentifierFields
from app.pointers import Steps, pointer

RecordKind = Literal["party", "leader", "publisher", "topic", "readout", "call"]
RECORD_KINDS: tuple[RecordKind, ...] = get_args(RecordKind)
"""Each after those that it refers to."""


class Document(Protocol):
    """A document of a record, which may bring its own id and identifiers."""

    @property
    def id(self) -> UUID | None:
        """The id, or None for a new one."""

    @property
    def identifiers(self) -> list[IdentifierFields]:
        """The identifiers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with the line and the JSON pointer (RFC 6901) of what it is wrong with.

    `because` is the line whose faults are the reason: what is referred to is on it, and was therefore left out.
    """

    line: int
    pointer: str
    detail: str
    because: int | None = None


@dataclass(slots=True)
class Line:
    """What is recorded or refused together: one record, after those that are embedded in it."""

    number: int
    entries: list["Entry"] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seems: list[tuple[RecordKind, str]] = field(default_factory=list)
    """Of a line that cannot be read: the keys of the records that it seems to be of."""
    record_id: UUID | None = None
    """Of a line that was taken: its record, which is new or there already."""
    is_new: bool = False

    @property
    def record(self) -> "Entry":
        """The record whose line it is."""
        return self.entries[-1]


@dataclass(slots=True, eq=False)
class Entry:
    """One document; `place` leads to it from the beginning of its line."""

    line: Line
    kind: RecordKind
    document: Document
    place: Steps = ()

    def fault(self, steps: Steps, detail: str, because: int | None = None) -> None:
        """Note what is wrong with a member."""
        self.line.faults.append(Fault(self.line.number, pointer((*self.place, *steps)), detail, because))


def single(kind: RecordKind, number: int, document: Document, place: Steps = ()) -> Line:
    """A line with one record."""
    line = Line(number)
    line.entries.append(Entry(line, kind, document, place))
    return line


def faults_of(lines: Sequence[Line]) -> list[Fault]:
    """The faults of lines, in their order."""
    return [fault for line in lines for fault in line.faults]
