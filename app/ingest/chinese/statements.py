"""What was said, as a draft has it."""

from app.ingest.chinese.lexicon import table, verbs
from app.ingest.chinese.people import Person
from app.ingest.draft import ProposedStatement, Suggestion
from app.ingest.said import Said, proposed
from app.ingest.told import Told


def statement(told: Told, one: Said[Person], number: int, refs: dict[int, str]) -> ProposedStatement:
    """One statement, with what its words suggest."""
    return proposed(told, one, number, refs, _suggestions(told, one))


def _suggestions(told: Told, one: Said[Person]) -> list[Suggestion]:
    act = verbs().get(one.verb or "", "none")
    evidence = (told.quoted(*one.attribution),) if one.attribution else ()
    if act == "none":
        act, evidence = "inform" if one.mode == "summary" else "assess", ()
        for name, listed in table()["acts"].items():
            if any(told.text.find(word, one.start, one.end) >= 0 for word in listed.split()):
                act = name
                break
    found = [Suggestion("act", act, 0.6, evidence)]
    for topic, listed in table()["topics"].items():
        for word in listed.split():
            at = told.text.find(word, one.start, one.end)
            if at >= 0:
                found.append(Suggestion("topics", topic, 0.6, (told.quoted(at, at + len(word)),)))
                break
    return found
