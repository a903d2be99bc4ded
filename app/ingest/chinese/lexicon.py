"""The word lists of Chinese readouts, read from the file beside this one."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

_FILE = Path(__file__).with_name("lexicon.toml")
_STATE_CODE = 2


@lru_cache
def table() -> dict[str, Any]:
    """The whole file."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@lru_cache
def party_names() -> dict[str, str]:
    """The codes of parties by their names in either script."""
    labels = [label for tag in ("zh_Hans", "zh_Hant") for label in Locale.parse(tag).territories.items()]
    names = {name: code for code, name in labels if len(code) == _STATE_CODE and not code.isdigit()}
    for code, listed in table()["parties"].items():
        names.update(dict.fromkeys(listed.split(), code))
    return names


def names_of(party: str | None) -> set[str]:
    """The names of a party, and what short ones begin with: `巴` of `巴基斯坦`, as in `巴方`."""
    names = {name for name, code in party_names().items() if code == party}
    return names | {name[0] for name in names}


@lru_cache
def verbs() -> dict[str, str]:
    """The acts of verbs of saying, `none` for those that tell of none."""
    return {verb: act for act, listed in table()["speech"].items() for verb in listed.split()}


def party_of_publisher(publisher: str | None) -> str | None:
    """The party that a publisher speaks for, as its name tells it."""
    if publisher is None:
        return None
    for code, names in table()["publishers"].items():
        if any(name in publisher for name in names.split()):
            return str(code)
    long = {name: code for name, code in party_names().items() if len(name) > 1}
    return next((code for name, code in long.items() if name in publisher), None)
