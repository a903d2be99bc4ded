"""Who took part, as a title says it."""

from app.ingest.english.frames import joined, names_occasion
from app.ingest.english.lexicon import lines, words
from app.ingest.english.naming import Mention
from app.ingest.english.parsed import Parsed
from app.ingest.english.parties import party_adjectives, party_names
from app.ingest.english.roster import Person, Roster
from app.ingest.english.settling import ENOUGH, STATEMENTS_OF
from app.names import folded

MOST = 40
_BEFORE_NAMES = frozenset({"with", "between", "and", "to", "from", ","})
_NEAR = 4
_BY_AUTHORS = (*STATEMENTS_OF, ["readout", "by"], ["readout", "from"])


def is_somebody(mention: Mention) -> bool:
    """Whether a mention by itself names one person, and no group, place or thing."""
    if mention.office is not None:
        return (
            bool(mention.names)
            or mention.party is not None
            or tuple((mention.head or "").split()) in lines("people", "sole_offices")
        )
    return len(mention.names) > 1 or mention.courtesy


def is_group(parsed: Parsed, mention: Mention) -> bool:
    """`Pacific Island ambassadors`, `European Allies`: what follows, or the name itself, is no person's."""
    if mention.office is not None or mention.whole:
        return False
    if mention.names and mention.names[-1].lower() in words("people", "bodies"):
        return True
    sentence = parsed.sentence
    if names_occasion(sentence, mention):
        return True
    start = mention.start
    if party_adjectives().at(sentence.words, start) or party_names().at(sentence.words, start):
        return True
    after = sentence.lower[mention.end : mention.end + 1]
    # "Senior Walker-Reed Administration officials"
    is_body = bool(after) and sentence.capital[mention.end] and after[0] in words("people", "bodies")
    return is_body or (
        bool(after) and (after[0] in words("people", "groups") or after[0] in {"ambassadors", "leadership", "members"})
    )


def add_from_title(roster: Roster, title: Parsed, text: str) -> None:
    """Take those whom a title names as taking part: owners of the call, and whoever it was with."""
    sentence = title.sentence
    begin = 0
    # "Statement of the President on", but not "Readout of the President's call"
    if sentence.lower[:2] in _BY_AUTHORS:
        begin = next((at + 1 for at, word in enumerate(sentence.lower) if word in {"on", "of"} and at > ENOUGH), 0)
    mentions = [one for one in title.mentions.values() if one.start >= begin]
    found: list[Mention] = []
    for at in range(begin, sentence.size):
        lower = sentence.lower[at]
        if lower in {"with", "between", "to", "from"}:
            later = [one for one in mentions if one.start > at]
            if later and later[0].start <= at + _NEAR:
                found = joined(title, later)
            break
    before = [one for one in mentions if one.end <= (found[0].start if found else sentence.size)]
    before = before[:ENOUGH] if found else []
    found = before + (found or [one for one in mentions if one.end <= sentence.size][:ENOUGH])
    for mention in mentions:
        known = roster.named(mention.names)
        if known is not None and mention not in found:
            roster.learn(known, sentence, mention, title=True)
    for mention in found:
        somebody = mention.office is not None and (mention.names or mention.party)
        bare = mention.office is None and len(mention.names) > 1 and not is_group(title, mention)
        bare = bare and (mention.start == 0 or sentence.lower[mention.start - 1] in _BEFORE_NAMES)
        printed = " ".join(mention.names)
        known = roster.named(mention.names) or _same_but_for_name(roster, mention) if mention.names else None
        if known is not None:
            roster.learn(known, sentence, mention, title=True)
            known.before_with = mention in before
        elif mention.names == () and (person := _nameless(roster, mention)) is not None:
            roster.learn(person, sentence, mention, title=True)
        elif len(roster.people) < MOST and (somebody or (bare and printed in text)):
            if mention.names and len(roster.people) >= ENOUGH and mention not in found[-1:] and not somebody:
                continue
            roster.add(sentence, mention, title=True).before_with = mention in before


def _nameless(roster: Roster, mention: Mention) -> Person | None:
    """Whom an office in a title means; one of a party means the only one who takes part for it."""
    person = roster.meant(mention)
    of_party = roster.of_party(mention.party) if mention.party else []
    if person is not None or len(of_party) == 1:
        return person or of_party[0]
    # "UAE President" of a text that has not said for whom its president speaks.
    another = mention.head == "counterpart"
    unsettled = [one for one in roster.people if one.party is None and (one.holds(mention) or another)]
    return unsettled[0] if len(unsettled) == 1 else None


def _same_but_for_name(roster: Roster, mention: Mention) -> Person | None:
    """Who holds the same office of the same party, and is not named yet, or is written in another way."""
    first, last = folded(mention.names[0]), folded(mention.names[-1])
    for person in roster.people:
        if len(mention.names) > 1 and first == person.first and any(word.startswith(last) for word in person.tokens):
            # "Anna Kow alska"
            return person
        if person.head is not None and person.head == mention.head:
            if not person.names or (mention.party is not None and person.party == mention.party):
                return person
            # Letters that were lost on the way: "Miche\\xE1l".
            if person.first.startswith(first[:4]):
                return person
    return None
