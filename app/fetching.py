"""Rows off a cursor, as many at a time as are about so long together, so that memory does not follow their number."""

from collections.abc import AsyncGenerator
from typing import Any, cast

_FIRST = 20
"""How many are fetched before it is known how long they are."""


async def fetched(cursor: Any, size: int, most: int) -> AsyncGenerator[list[str]]:
    """The texts that a cursor of one column gives, some at a time: about `size` characters, and `most` at most.

    How many that are is told by those before, and no more than twice as many as these are fetched: where longer ones
    follow short ones, a part is as much longer than it should be as they are.
    """
    number = min(_FIRST, most)
    while texts := [cast("str", row[0]) for row in await cursor.fetch(number)]:
        yield texts
        number = min(most, 2 * number, max(1, len(texts) * size // sum(map(len, texts))))
