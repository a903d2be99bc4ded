"""Those who took part, as a draft has them."""

from app.ingest.draft import (
    ProposedClaim,
    ProposedInitiator,
    ProposedParticipant,
    Quoted,
)
from app.ingest.english.lexicon import words
from app.ingest.english.naming import Mention
from app.ingest.english.roster import Person, without_master
from app.ingest.english.words import Sentence
from app.ingest.told import Told

# Whose names are printed with the surname first.
_SURNAME_FIRST = frozenset({"CN", "KP", "KR", "TW", "HK", "MO"})
_ARTICLES = frozenset({"the", "a", "an"})
_SMALL = frozenset({"of", "for", "to", "the", "and"})
_OWN_HOUSES = frozenset({"white house"})
# Of `Commander-in-Chief`, `President-elect`.
_SMALL_PARTS = frozenset({"in", "elect", "designate"})
_LETTERS = frozenset({"ceo", "cfo"})


def surname(person: Person) -> str:
    """What a person is called by alone, as far as is known."""
    if person.surname or not person.names:
        return person.surname or without_master(person.head or "")
    printed = next((name for name in person.names if len(name) > 1 and name.isupper() and name.isalpha()), None)
    return printed or person.names[0 if person.party in _SURNAME_FIRST else -1]


def participant(told: Told, person: Person, ref: str, initiated: ProposedClaim | None) -> ProposedParticipant:
    """One of those who took part."""
    mention = office = None
    printed = _printed_in_title(told, person)
    in_text = [one for one in person.seen if one[1].names] or person.seen
    if in_text:
        sentence, seen = in_text[0]
        first, last = seen.name or seen.office or (seen.start, seen.end)
        mention = told.quoted(sentence.starts[first], sentence.ends[last - 1])
        if sentence.possessive[last - 1]:
            mention = told.quoted(mention.start, mention.end - (2 if mention.text[-1] == "s" else 1))
        printed = told.text[sentence.starts[seen.start] : sentence.ends[seen.end - 1]]
        office = _office_as_printed(told, sentence, seen)
    value = initiated.value if initiated else None
    return ProposedParticipant(
        ref=ref,
        name=_name(person),
        name_as_printed=printed,
        leader=None,
        party=person.party,
        office=_office(person),
        role="principal",
        initiator=isinstance(value, ProposedInitiator)
        and (
            value.participant == ref
            or value.kind == "mutual"
            or (value.party is not None and value.party == person.party)
        ),
        mention=mention,
        office_mention=office,
        confidence=person.confidence if person.seen else 0.6,
        party_confidence=person.party_confidence,
        evidence=tuple(one for one in (mention, office) if one is not None),
    )


def _office_as_printed(told: Told, sentence: Sentence, seen: Mention) -> Quoted | None:
    """The words of an office beside a name: `Russian President`, `President of the French Republic`."""
    if seen.office is None or seen.name is None:
        return None
    first, last = (seen.start, seen.name[0]) if seen.office[0] < seen.name[0] else (seen.office[0], seen.end)
    while sentence.lower[first] in _ARTICLES:
        first += 1
    last = max(last, seen.office[1])
    while last > seen.office[1] and (
        sentence.lower[last - 1] in words("people", "honorifics") or not sentence.words[last - 1][0].isalnum()
    ):
        last -= 1
    return told.quoted(sentence.starts[first], sentence.ends[last - 1])


def _printed_in_title(told: Told, person: Person) -> str:
    if person.in_title is None or told.heading is None:
        return " ".join(person.names) or (person.head or "").title()
    sentence, seen = person.in_title
    return told.heading[sentence.starts[seen.start] : sentence.ends[seen.end - 1]]


def _name(person: Person) -> str | None:
    if not person.names:
        return None
    # An initial keeps its full stop.
    names = [f"{name}." if len(name) == 1 and name.isascii() and name.isupper() else name for name in person.names]
    return " ".join([*names, person.numeral] if person.numeral else names)


def _office(person: Person) -> str | None:
    if person.office is not None or person.head is None:
        return person.office
    whole = person.head if person.further_head is None else f"{person.head} {person.joint} {person.further_head}"
    office = " ".join(map(_capital, whole.split()))
    if person.body is None or person.body.lower() in _OWN_HOUSES:
        return office
    # "World Bank President" is no president of a state.
    return f"{office} of {person.body}" if person.body.isupper() else f"{office} of the {person.body}"


def _capital(word: str) -> str:
    """A word of an office as it is printed: `Secretary-General`, `CEO`, `of`."""
    if word in _SMALL:
        return word
    if word in _LETTERS:
        return word.upper()
    return "-".join(part if part in _SMALL_PARTS else part[:1].upper() + part[1:] for part in word.split("-"))
