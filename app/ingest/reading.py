"""The one way to read a readout."""

import re
from collections.abc import Callable
from datetime import date

from app.ingest.chinese import reading as chinese
from app.ingest.draft import Draft
from app.ingest.english import reading as english
from app.ingest.russian import reading as russian
from app.ingest.told import Told
from app.ingest.unread import unread

# A language is one module with a `read`, under the primary subtag of its BCP 47 tag.
_READERS: dict[str, Callable[[Told], Draft]] = {"en": english.read, "zh": chinese.read, "ru": russian.read}
_SAMPLE = 1000
# The first of those that are equal wins.
_SCRIPTS = {
    "en": re.compile(r"[A-Za-z]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}


def languages() -> tuple[str, ...]:
    """The languages that are read, as primary subtags of BCP 47."""
    return tuple(_READERS)


def read_readout(
    text: str,
    *,
    title: str | None = None,
    publisher: str | None = None,
    language: str | None = None,
    published_on: date | None = None,
) -> Draft:
    """Read a readout: `read_readout(text, published_on=date(2020, 3, 19)).participants[0].party`.

    The text is taken as it stands, and the draft's offsets count its code points; give it in the form in which it is to
    be stored. A publisher's name may tell whose "we" and "today" it is. Without a language, the script decides.

    A language that no reader reads gives a draft of what was told beside the text, with a warning.

    Raises `TextTooLong` and `TextRefused`.
    """
    told = Told(text, title, publisher, language, published_on)
    primary = (language or language_of(text)).split("-")[0].lower()
    reader = _READERS.get(primary)
    return reader(told) if reader is not None else unread(told, primary)


def language_of(text: str) -> str:
    """The language by the scripts of the first thousand characters; Latin letters are taken for English."""
    sample = text[:_SAMPLE]
    counts = {language: len(letters.findall(sample)) for language, letters in _SCRIPTS.items()}
    return max(counts, key=lambda language: counts[language])
