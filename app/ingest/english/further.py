"""The clauses of a sentence, those that go on with verbs or subjects of their own among them."""

from dataclasses import dataclass, replace

from app.ingest.english.leads import BEING, by_agent
from app.ingest.english.lexicon import words
from app.ingest.english.pairs import Pair, light_verb, pair_at
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Person, Roster
from app.ingest.english.subjects import Memory, Subject, subject_at
from app.ingest.english.verbs import HAVING, Verb, by_base, purpose_verbs, verb_at
from app.ingest.english.words import Sentence

_ENDS_LEAD = frozenset({":", "“", '"', "«"})
_JOINING = frozenset({"and", "but", "while", "whereas", ";"})
_ADJECTIVES = frozenset(
    "shared detailed valued proposed expected required renewed continued combined determined agreed committed "
    "extended coordinated advanced".split()
)
_BEFORE_OBJECTS = frozenset(
    "the a an his her its their our that to on how with for of in what support concern concerns appreciation president "
    "prime ways this these those all both about plans views details information condolences greetings congratulations "
    "sympathies thanks wishes sincere warm deep deepest heartfelt best an any invitations".split()
)
_BEFORE_PARTICIPLES = frozenset("secure safe free open fair clean clear full strong".split())
# What may stand between `and` and a further verb.
_BEFORE_FURTHER = frozenset("also then once again further additionally both together strongly in turn".split())
_CLOSING = frozenset({",", ";", "—", "–", ")"})
_PRONOUNS = frozenset({"he", "she", "they"})
_LINKING = frozenset({"to", "for", "following", "after", "upon", "during"})
_SUBORDINATE = frozenset({"as", "because", "since", "who", "which"})
_RELATIVE = frozenset({"that", "which", "who"})
_PASSIVE = frozenset({"be", "been"})
_MODAL = frozenset({"will", "would", "can", "should", "must"})
_NOT_PAST = _MODAL | {"could", "may", "is", "are", "has", "have"}
_LONGEST_ADDRESS = 8
_LONGEST_LEAD = 14
_NEAR = 6
_LONGEST_INVITATION = 40
_LONGEST_PROPOSAL = 8
# What somebody may do with what another said, in a relative clause.
_ANSWERING = frozenset({"support", "welcome", "accept", "endorse", "back", "appreciate", "reject"})
_LONGEST_SUBORDINATE = 40
_LONGEST_LIST = 80
_NO_OBJECTS: tuple[list[str], ...] = (["by"], ["."], [","], [])
_OPENING_ASIDES = frozenset({"in", "at", "during", "to", "on"})
_TOURING = frozenset({"visited", "toured", "inspected"})
_LEAST_CONTENT = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause from one word to another. Without a verb of saying, or without people, it is narration.

    `subject` and `verb_end` bound the attribution; `content` is the place after a leading attribution that ends in
    "that", a colon or an opening quotation mark.
    """

    start: int
    end: int
    people: tuple[Person, ...]
    side: bool
    verb: Verb | None
    verb_words: str | None
    subject: int
    verb_end: int
    content: int | None
    sure: float
    group: bool = False

    @property
    def says(self) -> bool:
        """Whether the clause gives words to somebody."""
        return bool(self.people) and self.verb_words is not None


def going_on(parsed: Parsed, roster: Roster, memory: Memory, lead: Pair, start: int) -> list[Clause]:
    """The lead's clause, and those that go on with further verbs or subjects of their own."""
    sentence = parsed.sentence
    content = _content(sentence, lead)
    starts: list[tuple[int, int, Pair, int | None]] = [(start, start, lead, content)]
    # After a deed, such as "spoke with", what was said may follow at once.
    since = lead.end if lead.text else lead.end - _LEAST_CONTENT
    current, inside = lead, _is_inside(sentence, content)
    at = lead.end
    while at < sentence.size:
        if sentence.quoted[at]:
            at += 1
            continue
        follows = _follows(parsed, roster, memory, current, at, since, inside=inside)
        if follows is None:
            at += 1
            continue
        first, pair = follows
        own = _content(sentence, pair)
        starts.append((at, first, pair, own))
        current, inside, since = pair, _is_inside(sentence, own), pair.end
        at = max(pair.end, first + 1)
    found = []
    for place, (_, first, pair, own) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else sentence.size
        while end > first + 1 and sentence.lower[end - 1] in {",", "and", "but", "while", "with", ";"}:
            end -= 1
        found.append(as_clause(first, end, pair, own))
    return found


def _is_inside(sentence: Sentence, content: int | None) -> bool:
    """Whether what follows may still be what was said: after `that`, and not after a quotation, which has an end."""
    return content is not None and sentence.words[content - 1] not in _ENDS_LEAD


def as_clause(start: int, end: int, pair: Pair, content: int | None) -> Clause:
    """The clause from one word to another that a subject and a verb make."""
    return Clause(
        start=start,
        end=end,
        people=pair.subject.people,
        side=pair.subject.side,
        verb=pair.meaning,
        verb_words=pair.text or None,
        subject=pair.start,
        verb_end=pair.end,
        content=content,
        sure=pair.sure,
        group=pair.subject.group,
    )


def _content(sentence: Sentence, pair: Pair) -> int | None:
    """The place where reported words begin after `that`, a colon or an opening quotation mark."""
    at = pair.end
    base = pair.meaning.base if pair.meaning is not None else ""
    if base.endswith(" that") and at < sentence.size:
        return at
    if base == "look forward":
        # "looked forward to a partnership that lasts" addresses nobody.
        return None
    limit = min(sentence.size, at + _LONGEST_LEAD)
    for place in range(at, limit):
        lower = sentence.lower[place]
        if lower == "that" and (place == at or _addresses(sentence, at, place)):
            return place + 1 if place + 1 < sentence.size else None
        if lower in _ENDS_LEAD and (place == at or sentence.words[place - 1] in {":", ","} or lower == ":"):
            after = place + 1
            if lower == ":" and after < sentence.size and sentence.words[after] in _ENDS_LEAD:
                after += 1
            return after if after < sentence.size else None
        if lower in {",", ";"} and place > at + 1:
            break
    return None


def _addresses(sentence: Sentence, start: int, that: int) -> bool:
    """Whether only the person spoken to stands between a verb and `that`: `told President Xi that`."""
    between = sentence.lower[start:that]
    if not between or len(between) > _LONGEST_ADDRESS:
        return False
    if between[0] in {"with", "to"}:
        return True
    known = {"the", "his", "her", "mr", ".", "both", "also", "again", "that", "clear", "clearly"}
    return all(
        word in known or sentence.capital[start + place] or word in words("people", "heads")
        for place, word in enumerate(between)
    )


def _follows(  # noqa: PLR0913, PLR0917 - a sentence, who is in it, and where it stands
    parsed: Parsed, roster: Roster, memory: Memory, current: Pair, at: int, since: int, *, inside: bool
) -> tuple[int, Pair] | None:
    """A further clause that begins at a joining word or sign: where it begins, and its subject and verb."""
    sentence, lower = parsed.sentence, parsed.sentence.lower[at]
    if at <= since or at + 1 >= sentence.size:
        return None
    if lower == "as" and sentence.lower[at + 1] == "well":
        return _same_subject(parsed, current, at, inside=inside)
    if lower in _JOINING or lower == ",":
        first = at + 1
        if lower == "," and sentence.lower[first] in _JOINING | {"with"}:
            return None
        same = _same_subject(parsed, current, at, inside=inside) if at - since >= _LEAST_CONTENT else None
        if same is not None:
            return same
        if lower == "," and sentence.lower[first + 1 : first + 2] == ["which"] and sentence.lower[first] in _LINKING:
            # "..., to which the Minister expressed support"
            pair = pair_at(parsed, roster, memory, first + 2)
            return (first, pair) if pair is not None and pair.meaning is not None and pair.subject.people else None
        another = _other_than(parsed, roster, memory, current, at)
        if another is not None:
            return first, another
        if (
            lower == ","
            and not inside
            and (listed := _next_of_list(parsed, roster, memory, current, first)) is not None
        ):
            return first, listed
        comma = lower == ";" or sentence.words[at - 1] == ","
        if sentence.lower[at - 1] in _PRONOUNS or any(
            mention.end == at and roster.meant(mention) is not None for mention in parsed.mentions.values()
        ):
            # "which the President and the Prime Minister advanced": the second of two.
            return None
        own = None
        if lower in {"while", "whereas", ";"} or (lower in {"and", "but"} and (comma or not inside)):
            own = _with_own_subject(parsed, roster, memory, current, at, inside=inside)
        if own is not None:
            return own
        if lower == "and" and inside and len(current.subject.people) > 1:
            return _of_one(parsed, roster, memory, first)
    if lower == "with" and sentence.words[at - 1] == ",":
        pair = pair_at(parsed, roster, memory, at + 1, form="ing")
        if pair is not None and pair.subject.people:
            return at + 1, pair
    return None


def _with_own_subject(  # noqa: PLR0913 - a sentence, who is in it, and where it stands
    parsed: Parsed, roster: Roster, memory: Memory, current: Pair, at: int, *, inside: bool
) -> tuple[int, Pair] | None:
    """`while President B described ports`, `, and in this context, President B welcomed`: a clause with a subject."""
    sentence, first = parsed.sentence, at + 1
    comma = sentence.lower[at] == ";" or sentence.words[at - 1] == ","
    if sentence.lower[first : first + 2] == ["the", "latter"] and len(current.subject.people) == 1:
        memory = replace(memory, single=current.subject.people[0])
    joined = comma and sentence.lower[at] in {"and", "but"}
    for pair in (
        pair_at(parsed, roster, memory, first),
        _after_aside(parsed, roster, memory, first) if joined else None,
    ):
        if pair is not None and pair.subject.people and _is_clause(pair, current, comma=comma, inside=inside):
            return first, pair
    return _what_follows(parsed, roster, memory, first) if joined and not inside else None


def _after_aside(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> Pair | None:
    """`, and in this context, President A welcomed`: a clause with a subject of its own after an aside."""
    sentence = parsed.sentence
    limit = min(sentence.size, place + _LONGEST_ADDRESS)
    comma = next((at for at in range(place, limit) if sentence.words[at] == ","), 0)
    if sentence.lower[place] not in _OPENING_ASIDES or comma == 0:
        return None
    pair = pair_at(parsed, roster, memory, comma + 1)
    return pair if pair is not None and pair.meaning is not None and pair.subject.people else None


def _of_one(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> tuple[int, Pair] | None:
    """`They agreed that trade grows and President A assured President B that she would help`: what one of them said.

    It has another for its object, or a `that` of its own.
    """
    mention = parsed.mentions.get(place)
    if mention is None or mention.office is None:
        return None
    pair = pair_at(parsed, roster, memory, place)
    if pair is None or pair.meaning is None or pair.meaning.form != "past" or len(pair.subject.people) != 1:
        return None
    return (place, pair) if _content(parsed.sentence, pair) is not None else None


def _other_than(parsed: Parsed, roster: Roster, memory: Memory, current: Pair, at: int) -> Pair | None:
    """What another is told to have done with what was said, after a joining word or sign."""
    lower, first = parsed.sentence.lower, at + 1
    if lower[at] in {",", "and"} and "accepted" in lower[first : first + _NEAR]:
        return _accepted(parsed, roster, memory, current, first)
    answers = lower[at] == ";" or (lower[at] == "," and lower[first] == "which")
    return _answered(parsed, roster, memory, current, first) if answers else None


def _accepted(parsed: Parsed, roster: Roster, memory: Memory, current: Pair, place: int) -> Pair | None:
    """`which he accepted`, `and she accepted`, after an invitation: the one who was invited, not the one who spoke."""
    lower = parsed.sentence.lower
    invited = any(word.startswith("invit") for word in lower[max(current.verb, place - _LONGEST_INVITATION) : place])
    speakers = current.subject.people
    if not invited or len(speakers) != 1:
        return None
    first = place + (lower[place] == "which")
    pair = pair_at(parsed, roster, replace(memory, single=speakers[0]), first)
    if pair is None or pair.meaning is None or pair.meaning.base != "accept":
        return None
    if lower[first] not in {"he", "she", "they"}:
        return replace(pair, start=place)
    guests = [one for one in memory.present if one is not speakers[0]]
    if lower[first] != "they":
        named = roster.those(one for at, one in parsed.mentions.items() if current.verb < at < place)
        guests = [one for one in named if one is not speakers[0]] or guests
        guests = guests if len(guests) == 1 else []
    return replace(pair, subject=replace(pair.subject, people=tuple(guests)), start=place)


def _answered(parsed: Parsed, roster: Roster, memory: Memory, current: Pair, place: int) -> Pair | None:
    """`; this proposal was supported by President B`, `, which was welcomed by him`: what another said to it."""
    sentence = parsed.sentence
    near = sentence.lower[place : place + _LONGEST_PROPOSAL]
    being = next((at for at, lower in enumerate(near) if lower in BEING), 0)
    relative = near[:1] == ["which"]
    if being == 0 or (relative and being > 1) or not all(lower.isalnum() for lower in near[:being]):
        return None
    pair = by_agent(parsed, roster, memory, place + being)
    if pair is None or pair.meaning is None or pair.subject.people == current.subject.people:
        return None
    return None if relative and pair.meaning.base not in _ANSWERING else replace(pair, start=place)


def _next_of_list(parsed: Parsed, roster: Roster, memory: Memory, current: Pair, place: int) -> Pair | None:
    """The next of a list of clauses: `A raised trade, B described ports, and C told of rails`."""
    mention = parsed.mentions.get(place)
    if mention is None or mention.office is None or not mention.names:
        return None
    pair = pair_at(parsed, roster, memory, place)
    if pair is None or pair.meaning is None or pair.subject.people in {(), current.subject.people}:
        return None
    return pair if parsed.sentence.words[pair.end : pair.end + 1] not in ([","], ["."], []) else None


def _what_follows(parsed: Parsed, roster: Roster, memory: Memory, place: int) -> tuple[int, Pair] | None:
    """`, and the United States will do so`: the publisher goes on in its own voice."""
    subject = subject_at(parsed, roster, memory, place)
    if subject is None or not subject.side or parsed.sentence.lower[subject.end : subject.end + 1] != ["will"]:
        return None
    return place, Pair(Subject(place, subject.end, ()), place, subject.end, subject.end + 1, None, "", 0.5)


def _is_clause(pair: Pair, current: Pair, *, comma: bool, inside: bool) -> bool:
    """Whether a subject with its verb is a further clause of the sentence, and no part of what was said."""
    if pair.meaning is None:
        # A verb that no list has.
        return bool(pair.text) and comma and not inside
    if inside and pair.meaning.form in {"present", "plural"}:
        # "said that he would come and the two sides agree"
        return False
    # "They agreed" may be of what was said; "the two leaders agreed" is none of one's words.
    group = pair.subject.group and (pair.subject.pronoun or len(current.subject.people) > 1)
    another = comma and not pair.subject.side and not group and pair.subject.people != current.subject.people
    return not inside or not pair.meaning.ambiguous or another


def _same_subject(parsed: Parsed, current: Pair, at: int, *, inside: bool) -> tuple[int, Pair] | None:
    """A further verb of the same subject after `and`, or after the comma of a list of verbs."""
    sentence = parsed.sentence
    as_well = sentence.lower[at : at + 3] == ["as", "well", "as"]
    if sentence.lower[at] not in {"and", "but", ","} and not as_well:
        return None
    first = at + (3 if as_well else 1)
    if sentence.lower[first : first + 1] == ["both"] and len(current.subject.people) == 1:
        # "The Secretary thanked him and both agreed"
        return None
    place = _past_aside(sentence, first)
    first += place > first
    while place < sentence.size and (sentence.lower[place] in _BEFORE_FURTHER or sentence.lower[place].endswith("ly")):
        place += 1
    if _is_purpose(sentence, current, at, place):
        meaning = by_base().get(sentence.lower[place])
        return first, Pair(current.subject, first, place, place + 1, meaning, sentence.words[place], 0.75)
    found = verb_at(sentence, place)
    if found is None and not inside and place < sentence.size and (light := light_verb(sentence, place)) is not None:
        given = " ".join(sentence.words[place:light])
        return first, Pair(current.subject, first, place, light, by_base()["inform"], given, 0.75)
    if found is None or found[1].form != "past" or found[0] >= sentence.size or sentence.quoted[place]:
        return None
    end, verb = found
    if not current.text and sentence.lower[current.verb] in _TOURING and sentence.lower[end] == "them":
        # Whom somebody visited takes no part in the call.
        return None
    after = sentence.lower[end + sentence.lower[end].endswith("ly")] if end + 1 < sentence.size else ""
    if after in {"by", ".", ",", "upon", "between"}:
        return None
    if verb.ambiguous and _is_of_another_clause(sentence, current.end, at, inside=inside):
        return None
    if sentence.lower[place] in _ADJECTIVES and end == place + 1 and after not in _BEFORE_OBJECTS:
        # "shared values", "full and detailed data"
        return None
    if sentence.lower[at - 1] in _BEFORE_PARTICIPLES and after not in _BEFORE_OBJECTS:
        # "within secure and recognised borders"
        return None
    if sentence.lower[at] == "," and (inside or not _listed(sentence, at, verb)):
        return None
    # "agreed and adopted", "the sanctions imposed and announced"
    if _is_participle(sentence, at - 1) and sentence.lower[at] == "and" and inside:
        return None
    if _is_of_subordinate(sentence, current.end, at):
        return None
    return first, Pair(current.subject, first, place, end, verb, " ".join(sentence.words[place:end]), 0.85)


def _is_of_subordinate(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a participle goes on with `as France has reformed its schools and`."""
    start = max(start, end - _LONGEST_SUBORDINATE)
    having = next((at for at in range(end - 1, start, -1) if sentence.lower[at] in HAVING), start)
    closed = _CLOSING.intersection(sentence.words[having:end])
    return bool(_SUBORDINATE.intersection(sentence.lower[start:having])) and not closed


def _is_of_another_clause(sentence: Sentence, start: int, end: int, *, inside: bool) -> bool:
    """Whether a verb that may go on in what was said, or in a relative clause, does so."""
    return not _is_of_main_clause(sentence, start, end) if inside else _is_of_relative(sentence, start, end)


def _is_of_main_clause(sentence: Sentence, start: int, end: int) -> bool:
    """Whether what was past cannot go on with what should be: `said that ports must open, and agreed`."""
    said = range(max(start, end - _LONGEST_LIST), end)
    modal = any(sentence.lower[at] in _MODAL for at in said)
    past = any(_says(sentence, at) and sentence.lower[at - 1] not in _PASSIVE for at in said)
    return modal and not past


def _is_of_relative(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a verb may go on in a relative clause: `the storm that came at night and raised the sea`."""
    near = sentence.lower[max(start, end - _LONGEST_SUBORDINATE) : end]
    relative = next((at for at in range(len(near) - 1, 0, -1) if near[at] in _RELATIVE), 0)
    # What will be does not go on with what was.
    return relative > 0 and (_CLOSING | _NOT_PAST).isdisjoint(near[relative:])


def _past_aside(sentence: Sentence, place: int) -> int:
    """The place after `, in this context,` where it follows `and`."""
    if sentence.lower[place - 1] != "and" or sentence.words[place : place + 1] != [","]:
        return place
    limit = min(sentence.size, place + _LONGEST_ADDRESS)
    return next((at + 1 for at in range(place + 1, limit) if sentence.words[at] == ","), place)


def _is_purpose(sentence: Sentence, current: Pair, at: int, place: int) -> bool:
    """`to congratulate them and stress`: a further infinitive of what the call was for."""
    is_infinitive = current.meaning is not None and current.meaning.form == "base"
    return (
        is_infinitive
        and sentence.lower[at] == "and"
        and sentence.lower[place : place + 1] != []
        and (sentence.lower[place] in purpose_verbs())
    )


def _listed(sentence: Sentence, comma: int, verb: Verb) -> bool:
    """Whether an `and` comes later, as at the end of a list of verbs; with another verb, where this one may be none."""
    joins = [at for at in range(comma, min(sentence.size, comma + _LONGEST_LIST)) if sentence.lower[at] == "and"]
    return bool(joins) if not verb.ambiguous else any(_says(sentence, at + 1) for at in joins)


def _says(sentence: Sentence, place: int) -> bool:
    """Whether a verb of saying, in the past and with an object, stands at a place or after `once again`."""
    while place < sentence.size and sentence.lower[place] in _BEFORE_FURTHER:
        place += 1
    found = verb_at(sentence, place)
    return found is not None and found[1].form == "past" and sentence.lower[found[0] : found[0] + 1] not in _NO_OBJECTS


def _is_participle(sentence: Sentence, place: int) -> bool:
    return sentence.lower[place].endswith("ed")
