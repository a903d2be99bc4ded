"""The tags that the database confirmed a moment ago, so that a client need not make it confirm them again."""

import time
from collections.abc import Callable
from hashlib import blake2b
from typing import Literal

MOST = 10_000
Audience = Literal["public", "private"]
"""Whose caches may keep an answer: any, or only that of whoever asked."""
_DIGEST = 16


class Confirmed:
    """Which tag an address had when the database was last asked because of a condition, and when that was.

    Where answers are private, none: the database is asked each time.

    Nothing is found here that is older than `freshness` seconds, and nothing but what a client holds already: an answer
    can be late to change, but changes back only for whoever still names the former tag, and within that time.
    """

    def __init__(
        self, freshness: float, clock: Callable[[], float] = time.monotonic, audience: Audience = "public"
    ) -> None:
        """Start with none; `clock` counts seconds."""
        self.freshness = freshness
        self.clock = clock
        self.always_asked = f"{audience}, no-cache"
        """That a cache asks here each time before it gives what it keeps."""
        # What is private is not given to anybody whose key has not just been looked at.
        self.lasting = "public, max-age=86400, immutable" if audience == "public" else self.always_asked
        """What a cache may do with an answer that never changes."""
        self._given_unasked = bool(freshness) and audience == "public"
        self._tags: dict[bytes, tuple[str, float]] = {}

    def cache_control(self, asked_at: float) -> str:
        """For how much longer a cache may give an answer that the database was asked for at a time.

        What is left of the freshness is told in whole seconds, so that an answer's time here and there never adds up to
        more.
        """
        if not self._given_unasked:
            return self.always_asked
        left = max(0, int(self.freshness - (self.clock() - asked_at)))
        return f"public, max-age={left}, must-revalidate"

    def find(self, path: bytes, query: bytes) -> tuple[str, float] | None:
        """The tag of an address but for its coding, and when the database was asked; None if that is too long ago."""
        if not self._given_unasked:
            return None
        found = self._tags.get(_digest(path, query))
        return found if found is not None and self.clock() - found[1] < self.freshness else None

    def note(self, path: bytes, query: bytes, tag: str, asked_at: float) -> None:
        """Keep the tag of an address."""
        if not self._given_unasked:
            return
        key = _digest(path, query)
        self._tags.pop(key, None)
        self._tags[key] = tag, asked_at
        if len(self._tags) > MOST:
            # In the order of their age: those are dropped first that help least.
            del self._tags[next(iter(self._tags))]


def _digest(path: bytes, query: bytes) -> bytes:
    return blake2b(path + b"?" + query, digest_size=_DIGEST).digest()
