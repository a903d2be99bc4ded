"""What was said, as a draft has it."""

import re
from functools import lru_cache

from app.ingest.chinese.lexicon import any_of, table, verbs
from app.ingest.chinese.people import Person
from app.ingest.draft import ProposedStatement, Suggestion
from app.ingest.said import Said, proposed
from app.ingest.told import Told


def statement(told: Told, one: Said[Person], number: int, refs: dict[int, str]) -> ProposedStatement:
    """One statement, with what its words suggest."""
    return proposed(told, one, number, refs, _suggestions(told, one))


@lru_cache
def _patterns(name: str) -> dict[str, re.Pattern[str]]:
    """What any word suggests, with a pattern for the words."""
    return {suggested: re.compile(any_of(listed.split())) for suggested, listed in table()[name].items()}


def _suggestions(told: Told, one: Said[Person]) -> list[Suggestion]:
    act = verbs().get(one.verb or "", "none")
    evidence = (told.quoted(*one.attribution),) if one.attribution else ()
    if act == "none":
        told_acts = (name for name, words in _patterns("acts").items() if words.search(told.text, one.start, one.end))
        act, evidence = next(told_acts, "inform" if one.mode == "summary" else "assess"), ()
    found = [Suggestion("act", act, 0.6, evidence)]
    for topic, words in _patterns("topics").items():
        match = words.search(told.text, one.start, one.end)
        if match is not None:
            found.append(Suggestion("topics", topic, 0.6, (told.quoted(*match.span()),)))
    return found
