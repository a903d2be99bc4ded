"""Records as the rows of a sheet: flat columns, derived from what a record looks like, as CSV (RFC 4180)."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

# What spreadsheets take for the beginning of a formula, also in the full-width forms that they narrow.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_KEYS = ("slug", "code")


class Sheet:
    """The columns of one kind of record, the same whatever the records hold."""

    def __init__(self, out: type[BaseModel], members: Sequence[str]) -> None:
        """Take what a record looks like, and which of its members are shown, in their order."""
        columns = [column for member in members for column in _columns(out.model_fields[member].annotation, (member,))]
        self.names = [".".join(path) for path, _ in columns]
        self._columns = columns

    def header(self) -> bytes:
        """The first line, which names the columns."""
        return _written([self.names])

    def rows(self, records: Sequence[str]) -> bytes:
        """A line for each record, which is given as JSON text."""
        return _written(
            [write(reduce(_member, path, record)) for path, write in self._columns]
            for record in json.loads(f"[{','.join(records)}]")
        )


def _written(rows: Any) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _member(value: Any, name: str) -> Any:
    return None if value is None else value.get(name)


def _columns(annotation: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Callable[[Any], object]]]:
    """The columns that a member takes: one for each of an object's own members, and one for anything else."""
    kinds = _kinds(annotation)
    if len(kinds) == 1 and _is_object(kinds[0]):
        for name, field in kinds[0].model_fields.items():
            yield from _columns(field.annotation, (*path, name))
    elif len(kinds) == 1 and get_origin(kinds[0]) is list and (key := _key(kinds[0])):
        yield path, lambda records: None if records is None else "; ".join(record[key] for record in records)
    else:
        yield path, _cell


def _kinds(annotation: Any) -> list[Any]:
    """The types that a value can have beside null."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return [kind for part in get_args(annotation) for kind in _kinds(part)]
    return [] if annotation in {None, NoneType} else [annotation]


def _is_object(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _key(records: Any) -> str | None:
    """The slug or code in a list of references to other records; None where it is a list of anything else."""
    (kind,) = _kinds(get_args(records)[0])
    return next((key for key in _KEYS if _is_object(kind) and set(kind.model_fields) == {"id", key, "name"}), None)


def _cell(value: Any) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"
    return value
