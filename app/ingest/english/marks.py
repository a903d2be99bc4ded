"""Quotation marks, as they are read: single ones that quote are taken for double ones."""

import re

_OPENING = re.compile(r"(?<![^\s(\[])['‘](?=\w)")
# An apostrophe has no stop before it.
_CLOSING = re.compile(r"(?<=[.,!?…])['’](?![^\s)\],.;:])")


def in_double_marks(text: str) -> str:
    """A text of the same length, with `“` and `”` for single marks that open and close a quotation within one line."""
    if _CLOSING.search(text) is None:
        return text
    return "\n".join(map(_in_double_marks, text.split("\n")))


def _in_double_marks(line: str) -> str:
    parts, done = [], 0
    opening = _OPENING.search(line)
    while opening is not None and (closing := _CLOSING.search(line, opening.end())) is not None:
        parts += [line[done : opening.start()], "“", line[opening.end() : closing.start()], "”"]
        done = closing.end()
        opening = _OPENING.search(line, done)
    return "".join(parts) + line[done:]
