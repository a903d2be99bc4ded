"""JSON texts (RFC 8259), read so that nothing in them can be understood in two ways, within bounds."""

import json
import math
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from app.pointers import WHOLE, Steps, pointer
from app.problems import MOST_FAULTS, InvalidRequest, MalformedRequest

DEEPEST = 64
MOST_VALUES = 100_000
_BOM = b"\xef\xbb\xbf"
# More digits are of no whole number that PostgreSQL or another program keeps as it is.
_MOST_DIGITS = 19
_UNTOLD = "has a member whose name holds a NUL character or half a surrogate pair"


class _Doubled(dict[str, Any]):
    """An object that gives a member more than once; the names of these members."""

    __slots__ = ("names",)
    names: list[str]


def read_json(written: bytes) -> Any:
    """The value that a JSON text tells.

    Raises MalformedRequest for what is no JSON text in UTF-8. Raises InvalidRequest, with the pointer to each fault,
    for one that programs would read differently: a member given more than once, a NUL character, half a surrogate
    pair, a number out of range; and for one that is nested deeper than DEEPEST or has more than MOST_VALUES values,
    where each comma and opening bracket counts, also those within texts.
    """
    if not written.strip(b" \t\r\n"):
        message = "The content is empty; it must be JSON."
        raise MalformedRequest(message)
    if sum(map(written.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise InvalidRequest.pointer(WHOLE, f"has more than {MOST_VALUES:,} values")
    if written.startswith(_BOM):
        message = "The content begins with a byte order mark; JSON is sent without one."
        raise MalformedRequest(message)
    try:
        read = json.loads(
            written.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant, parse_int=_whole_number
        )
    except UnicodeDecodeError:
        message = "The content is not UTF-8."
        raise MalformedRequest(message) from None
    except json.JSONDecodeError as error:
        message = f"The content is not JSON: line {error.lineno}, column {error.colno} is not what JSON has there."
        raise MalformedRequest(message) from None
    except RecursionError:
        raise InvalidRequest.pointer(WHOLE, _too_deep()) from None
    faults = islice(_faults(read, escaped=b"\\" in written), MOST_FAULTS)
    told = [{"pointer": pointer(steps), "detail": detail} for steps, detail in faults]
    if told:
        raise InvalidRequest(told)
    return read


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) == len(members):
        return read
    doubled = _Doubled(read)
    doubled.names = [name for name, times in Counter(name for name, _ in members).items() if times > 1]
    return doubled


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits.removeprefix("-")) <= _MOST_DIGITS else math.inf


def _refuse_constant(_name: str) -> NoReturn:
    message = "The content is not JSON, which has no NaN and no Infinity."
    raise MalformedRequest(message)


def _too_deep() -> str:
    return f"is nested deeper than {DEEPEST} levels"


def _faults(read: Any, *, escaped: bool) -> Iterator[tuple[Steps, str]]:
    """What is wrong in a value, and the steps to it. Only what is `escaped` can be no text."""
    waiting: deque[tuple[Steps, Any]] = deque([((), read)])
    while waiting:
        steps, value = waiting.popleft()
        if isinstance(value, str):
            if escaped and not _is_text(value):
                yield steps, "holds a NUL character or half a surrogate pair"
        elif isinstance(value, float):
            if not math.isfinite(value):
                yield steps, "is a number out of range"
        elif isinstance(value, dict | list):
            if len(steps) >= DEEPEST:
                yield steps, _too_deep()
                continue
            if isinstance(value, dict) and escaped and not all(map(_is_text, value)):
                yield steps, _UNTOLD
                continue
            if isinstance(value, _Doubled):
                yield from (((*steps, name), "is given more than once") for name in value.names)
            waiting.extend(
                ((*steps, step), member)
                for step, member in (value.items() if isinstance(value, dict) else enumerate(value))
                if member.__class__ not in _HARMLESS and (escaped or member.__class__ is not str)
            )


_HARMLESS = frozenset((int, bool, type(None)))


def _is_text(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
