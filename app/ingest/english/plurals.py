"""Several people with one word for what they are: `Senators Ann Roe and Tom Field`."""

from functools import lru_cache

from app.ingest.english.lexicon import lines
from app.ingest.english.mentions import mention_at
from app.ingest.english.naming import Mention, is_name_word, lists, party_at
from app.ingest.english.parties import party_names
from app.ingest.english.words import Sentence

_LONGEST_OFFICE = 5
_MOST = 12
_BETWEEN = frozenset({",", "and", "the", "(", ")", ";", "respectively"})


@lru_cache
def _singulars() -> dict[str, str]:
    return {line[0]: line[1] for line in lines("people", "plurals")}


def names_several(sentence: Sentence) -> bool:
    """Whether a word for several who hold an office stands in a sentence."""
    return not _singulars().keys().isdisjoint(sentence.lower)


def several_at(sentence: Sentence, place: int) -> list[Mention]:
    """Those who are named after a word for several at a place, the last one after an `and`; nobody where none are."""
    found = party_at(sentence, place)
    first = at = found[0] if found is not None else place
    while at < sentence.size and at - first < _LONGEST_OFFICE and sentence.lower[at] in lists().modifiers:
        at += 1
    if at + 1 >= sentence.size or not sentence.capital[at] or sentence.lower[at] not in _singulars():
        return []
    named = _named(sentence, at + 1) or _by_states(sentence, at + 1)
    if len(named) == 1:
        return []
    head = " ".join((*sentence.lower[first:at], _singulars()[sentence.lower[at]]))
    for mention in named:
        mention.head, mention.courtesy = head, True
        mention.party = mention.party or (found[1] if found is not None else None)
    if named:
        named[0].start, named[0].office = place, (first, at + 1)
    return named


def _by_states(sentence: Sentence, place: int) -> list[Mention]:
    """Those of `of Estonia, Ann Roe, and Latvia, Jan Ozols`, or of `of Estonia and Latvia, Ann Roe and Jan Ozols`."""
    if sentence.lower[place : place + 1] != ["of"]:
        return []
    states: list[tuple[int, str]] = []
    named: list[Mention] = []
    at = place + 1
    while at < sentence.size and len(named) < _MOST and len(states) <= _MOST:
        state = party_names().at(sentence.words, at)
        mention = mention_at(sentence, at) if state is None and sentence.capital[at] else None
        if state is not None:
            states.append((at, state[1]))
            at = state[0]
        elif mention is not None and mention.office is None and len(mention.names) > 1:
            if named and states and states[-1][0] > named[-1].start:
                # The state that stands between two who are named is a part of the second.
                mention.start = max(states[-1][0], named[-1].end)
            named.append(mention)
            at = mention.end
        elif sentence.lower[at] in _BETWEEN:
            at += 1
        else:
            break
    if len(states) != len(named):
        return []
    for mention, (_, party) in zip(named, states, strict=True):
        mention.party, mention.whole = mention.party or party, True
    return named


def _named(sentence: Sentence, place: int) -> list[Mention]:
    """Those whom a list without offices names from a place on, to the one after its `and`."""
    named: list[Mention] = []
    at, last = place, False
    while len(named) < _MOST and is_name_word(sentence, at):
        mention = mention_at(sentence, at)
        if mention is None or mention.office is not None or not mention.names:
            break
        named.append(mention)
        if last:
            return named
        at = mention.end + (sentence.words[mention.end : mention.end + 1] == [","])
        last = sentence.lower[at : at + 1] == ["and"]
        if not last and at == mention.end:
            break
        at += last
    return []
