"""What lines say of readouts that are yet to come: a claim may rest on one, or a readout be translated from one."""

from dataclasses import dataclass
from uuid import UUID

from app.copying import Row
from app.entries import Entry, Fault
from app.pointers import Steps, pointer
from app.quoted import Quote

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Evidence, with what its row begins with, or the id of a translation; and where it stands."""

    line: int
    place: Steps
    readout: UUID
    claim: Row = ()
    quote: Quote | None = None
    translation: UUID | None = None

    @property
    def steps(self) -> Steps:
        """Where its record names the readout."""
        return ("translation_of",) if self.quote is None else (*self.quote.whole, "readout")

    def fault(self, steps: Steps, detail: str, because: int | None = None) -> Fault:
        """What turned out to be wrong, at some steps from the beginning of the record."""
        return Fault(self.line, pointer((*self.place, *steps)), detail, because)


class WaitingRoom:
    """All that waits, by the id that the file gives to the readout."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._waiting: dict[UUID, list[Waiting]] = {}
        self._staged: list[Waiting] = []
        self._number = 0
        self._served: dict[int, list[Waiting]] = {}
        self._number_served = 0

    def add_evidence(self, entry: Entry, claim: Row, quote: Quote) -> None:
        """Let evidence wait for the readout that it quotes."""
        self._add(entry, Waiting(entry.line.number, entry.place, quote.readout, claim, quote))

    def add_translation(self, entry: Entry, readout_id: UUID, original: UUID) -> None:
        """Let a translation wait for the readout that it was made from."""
        waiting = Waiting(entry.line.number, entry.place, original, translation=readout_id)
        self._add(entry, waiting)

    def _add(self, entry: Entry, waiting: Waiting) -> None:
        if self._number + len(self._staged) >= _MOST:
            entry.fault(waiting.steps, f"refers to a readout on a later line, as {_MOST:,} others do already")
        self._staged.append(waiting)

    def keep(self) -> None:
        """Keep what the last line added."""
        for waiting in self._staged:
            self._waiting.setdefault(waiting.readout, []).append(waiting)
        self._number += len(self._staged)
        self._staged = []

    def take_back(self) -> None:
        """Drop what the last line added."""
        self._staged = []

    def of(self, readout: UUID | None) -> list[Waiting]:
        """What waits for a readout."""
        return self._waiting.get(readout, []) if readout else []

    def release(self, readout: UUID, line: int) -> list[Waiting]:
        """What waited for a readout, which has come on a line."""
        released = self._waiting.pop(readout, [])
        self._number -= len(released)
        if released and self._number_served < _MOST:
            self._served.setdefault(line, []).extend(released)
            self._number_served += len(released)
        return released

    def served_by(self, line: int) -> list[Waiting]:
        """What waited for a readout of a line, told once, and as far as it is kept in mind."""
        return self._served.pop(line, [])

    def left(self) -> list[Waiting]:
        """What still waits."""
        return [one for waiting in self._waiting.values() for one in waiting]
