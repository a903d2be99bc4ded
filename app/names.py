"""The forms under which names and tags are compared."""

import unicodedata
from functools import lru_cache

# Letters with a stroke or of an alphabet's own that NFKD leaves whole, as they are typed where the keyboard lacks them.
_UNDECOMPOSED = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ø": "o",
        "œ": "oe",
        "æ": "ae",
        "þ": "th",
        "ı": "i",
        "ĸ": "k",
        "ŋ": "n",
        "ə": "a",
        "ǝ": "a",
        "ɨ": "i",
        "ƶ": "z",
        "ʻ": "'",
        "ʼ": "'",
        "‘": "'",
        "’": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
    }
)
_SCRIPT_SUBTAG = 4
_REGION_SUBTAG = 2
_MARKED_SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")


def fold(text: str) -> str:
    """The form in which two spellings of a name are equal, such as "Wałęsa" and "WALESA".

    NFKD and casefold; combining marks are dropped after Latin, Greek and Cyrillic letters only, since elsewhere they
    tell words apart; letters that do not decompose are mapped; runs of white space become one space.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded: list[str] = []
    drops_marks = False
    for character in unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED):
        if unicodedata.combining(character):
            if not drops_marks:
                folded.append(character)
        else:
            drops_marks = unicodedata.name(character, "").startswith(_MARKED_SCRIPTS)
            folded.append(character)
    # Casefolding can leave a composable sequence, so the result is normalised once more.
    return " ".join(unicodedata.normalize("NFKC", "".join(folded)).split())


folded = lru_cache(maxsize=65_536)(fold)
"""The same for what comes again and again when many records are recorded."""


def usual_case(tag: str) -> str:
    """A BCP 47 tag in the case that RFC 5646, 2.1.1 recommends, such as `zh-Hans-CN`, so that tags compare as text."""
    first, *rest = tag.split("-")
    written = [first.lower()]
    for subtag in rest:
        after_singleton = len(written[-1]) == 1
        if len(subtag) == _REGION_SUBTAG and not after_singleton:
            written.append(subtag.upper())
        elif len(subtag) == _SCRIPT_SUBTAG and not after_singleton:
            written.append(subtag.title())
        else:
            written.append(subtag.lower())
    return "-".join(written)
