"""What the reader is told of a readout: its text, and what a user may know beside it."""

import re
from dataclasses import dataclass
from datetime import date

from app.ingest.draft import Quoted

LONGEST_TEXT = 1_000_000
LONGEST_TITLE = 2000
# What a text may have some of, and more in each character; what has more takes long to read and tells nothing. Prose
# has about one word or sign in five characters, and a word with a capital, which may be a name, in 25; lists of names
# have more of these, and are shorter.
_BOUNDED = (
    ("signs", re.compile(r"\w+|[^\w\s]"), 10_000, 0.4),
    ("capitals", re.compile(r"\b[A-Z]"), 15_000, 0.05),
)
_ESCAPED = re.compile(r"\\x([A-F][0-9A-F])|\\u(0[1-9A-F][0-9A-F]{2})")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class TextRefused(ValueError):
    """The text cannot be read; the message says why in one sentence."""


class TextTooLong(TextRefused):
    """The text, or its title, is longer than is read."""


@dataclass(frozen=True, slots=True)
class Told:
    """A readout to read. Offsets count the code points of `text` as it stands here."""

    text: str
    title: str | None = None
    publisher: str | None = None
    language: str | None = None
    published_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what is too long, and what no readout can be recorded with."""
        if len(self.text) > LONGEST_TEXT:
            message = f"The text has {len(self.text)} characters, and at most {LONGEST_TEXT} are read."
            raise TextTooLong(message)
        if len(self.title or "") > LONGEST_TITLE or len(self.publisher or "") > LONGEST_TITLE:
            message = f"A title and a publisher have at most {LONGEST_TITLE} characters."
            raise TextTooLong(message)
        if not self.text.strip():
            message = "The text is empty."
            raise TextRefused(message)
        for what, pattern, some, in_each in _BOUNDED:
            most = some + in_each * len(self.text)
            if len(self.text) > most and len(pattern.findall(self.text)) > most:
                message = f"The text is no prose: it has too many {what} for its words."
                raise TextRefused(message)
        for part in (self.text, self.title or "", self.publisher or ""):
            # Neither can be stored.
            if "\x00" in part or _LONE_SURROGATE.search(part):
                message = "The text has a NUL character or half of a surrogate pair."
                raise TextRefused(message)

    @property
    def heading(self) -> str | None:
        """The title, where an export printed letters as their numbers (`xE1` after a backslash) with the letters."""
        if self.title is None:
            return None
        return _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), self.title)

    def quoted(self, start: int, end: int) -> Quoted:
        """The words from one offset to the other."""
        return Quoted(self.text[start:end], start, end)
