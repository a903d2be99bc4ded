"""How rows reach the tables: by PostgreSQL's COPY, which takes any number of them at once."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.tables import Base

Row = Sequence[object]
_CHUNK = 256 * 1024
# As COPY's text format escapes them; the backslash comes first.
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"))


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The columns of a table that rows are given for."""

    table: type[Base]
    columns: tuple[str, ...]


class Rows:
    """Rows by sheet, which can be taken back to a mark."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rows: dict[Sheet, list[Row]] = {}

    def add(self, sheet: Sheet, row: Row) -> None:
        """Add one row."""
        self._rows.setdefault(sheet, []).append(row)

    def of(self, sheet: Sheet) -> Sequence[Row]:
        """Those of one sheet."""
        return self._rows.get(sheet, ())

    def mark(self) -> Mapping[Sheet, int]:
        """How many there are."""
        return {sheet: len(rows) for sheet, rows in self._rows.items()}

    def take_back(self, mark: Mapping[Sheet, int]) -> None:
        """Drop what was added since the mark."""
        for sheet, rows in self._rows.items():
            del rows[mark.get(sheet, 0) :]

    async def copy(self, connection: Any, order: Sequence[Sheet]) -> None:
        """Put them into their tables, table by table in an order; raises what PostgreSQL refuses them with."""
        assert self._rows.keys() <= set(order)
        for sheet in order:
            if rows := self._rows.get(sheet):
                await connection.copy_to_table(
                    sheet.table.__tablename__, source=_chunks(rows), columns=sheet.columns, format="text"
                )


async def _chunks(rows: Sequence[Row]) -> AsyncIterator[bytes]:
    for chunk in _texts(rows):
        yield chunk.encode()


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    lines: list[str] = []
    size = 0
    for row in rows:
        line = "\t".join([_text(value) for value in row])
        lines.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield "\n".join([*lines, ""])
            lines, size = [], 0
    if lines:
        yield "\n".join([*lines, ""])


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    if value.__class__ is str:
        for character, escape in _ESCAPES:
            if character in text:
                text = text.replace(character, escape)
    return text


def refusal(error: asyncpg.PostgresError) -> str:
    """What PostgreSQL says of rows that it refuses, in one line."""
    return " ".join(f"{error} {getattr(error, 'detail', None) or ''}".split())
