"""New ids: UUIDs of version 7 (RFC 9562), which sort by when they were made."""

import os
import time
from uuid import UUID

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_latest = 0


def new_id() -> UUID:
    """An id that is larger than any this process made before.

    48 bits count milliseconds, the next 12 parts of one (method 3 of 6.2), and 62 are chance.
    """
    global _latest  # noqa: PLW0603 - what makes ids rise even where the clock does not
    _latest = max(_latest + 1, (time.time_ns() << 12) // 1_000_000)
    chance = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=_latest >> 12 << 80 | _VERSION | (_latest & 0xFFF) << 64 | _VARIANT | chance)
