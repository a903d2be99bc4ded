"""The acts and topics that the words of a statement suggest."""

from functools import lru_cache

from app.ingest.draft import Suggestion
from app.ingest.english.lexicon import table
from app.ingest.english.voices import Spoken
from app.ingest.english.words import words_of
from app.ingest.told import Told
from app.ingest.tries import Phrases

_OF_THE_VERB, _OF_WORDS, _OTHERWISE = 0.8, 0.6, 0.3
_MOST_TOPICS = 6
_NO_TOPIC = "none"


@lru_cache
def _phrases(name: str) -> Phrases[str]:
    found: Phrases[str] = Phrases()
    plural = name == "topics"
    for meaning, listed in table(name).items():
        for line in listed.splitlines():
            if line:
                words = [word.lower() for word in words_of(line)]
                found.add(words, meaning)
                if plural and not words[-1].endswith("s"):
                    last = words[-1]
                    many = f"{last[:-1]}ies" if last.endswith("y") and last[-2] not in "aeiou" else f"{last}s"
                    found.add([*words[:-1], many], meaning)
    return found


def suggestions(told: Told, one: Spoken) -> list[Suggestion]:
    """What a statement seems to do, and what it seems to be about, with the words that suggest it."""
    return [_act(told, one), *_topics(told, one)]


def _act(told: Told, one: Spoken) -> Suggestion:
    if one.verb is not None and one.verb.act is not None and one.attribution is not None:
        return Suggestion("act", one.verb.act, _OF_THE_VERB, (told.quoted(*one.attribution),))
    known = _phrases("acts")
    for place in range(one.first, one.last):
        found = known.at(one.sentence.lower, place)
        if found is not None:
            evidence = told.quoted(one.sentence.starts[place], one.sentence.ends[found[0] - 1])
            return Suggestion("act", found[1], _OF_WORDS, (evidence,))
    # What is only said is an assessment, as a rule; what is only discussed informs of the subject.
    return Suggestion("act", "inform" if one.mode == "summary" else "assess", _OTHERWISE, ())


def _topics(told: Told, one: Spoken) -> list[Suggestion]:
    known, lower = _phrases("topics"), one.sentence.lower
    found: dict[str, Suggestion] = {}
    place = one.first
    while place < one.last:
        match = known.at(lower, place)
        if match is None:
            place += 1
            continue
        end, topic = match
        if topic != _NO_TOPIC and topic not in found and len(found) < _MOST_TOPICS:
            evidence = told.quoted(one.sentence.starts[place], one.sentence.ends[end - 1])
            found[topic] = Suggestion("topics", topic, _OF_WORDS, (evidence,))
        place = end
    return list(found.values())
