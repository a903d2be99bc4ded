"""Subjects with the verbs that they go with."""

from dataclasses import dataclass, replace

from app.ingest.english.frames import is_visit
from app.ingest.english.lexicon import words
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Roster
from app.ingest.english.subjects import Memory, Subject, subject_at
from app.ingest.english.verbs import HAVING, Verb, by_base, is_deed, is_deed_of_states, is_some_past, verb_at
from app.ingest.english.words import Sentence

_LONGEST_ASIDE = 10
_LONGEST_RELATIVE = 40
_LONGEST_CIRCUMSTANCE = 20
_LIGHT = frozenset({"gave", "made", "provided", "offered", "delivered", "shared", "conducted"})
_SAID_THINGS = frozenset(
    "update updates assessment assessments overview explanation explanations briefing account evaluation description "
    "details comments remarks thanks assurances assurance clarification clarifications presentation outline summary "
    "feedback insight insights information examples views appraisal appraisals answer answers report reports "
    "perspective perspectives impressions".split()
)
_OF_REMARKS = (["made", "the"], ["made", "these"])
_AUXILIARIES = HAVING | {"had"}
_TALKS = frozenset({"exchange", "exchanges", "discussion", "discussions", "conversation", "dialogue", "talk", "talks"})
_ABOUT = frozenset({"on", "about", "regarding", "concerning", "of", "over"})
_LONGEST_LIGHT = 7
# "had candid, substantive, open, and constructive discussions"
_LONGEST_TALKS = 10
_BEYOND_TALKS = frozenset("to with on in of at by for from that which who after before during".split())
_ISSUING = frozenset({"approve", "adopt"})
_PAPERS = frozenset({"statement", "statements", "declaration", "communiqué", "communique"})
_NO_COMPANY = frozenset(
    "that who which to in on at with for by he she they it was were is are has had have will would also said".split()
)
# Who comes along with a speaker, and speaks by him.
_OWN_COMPANY = frozenset({"team", "teams", "delegation", "delegations", "staff", "advisers", "advisors", "aides"})
_MEMBERS = frozenset({"members", "delegation", "delegations"})
_ORDERING = frozenset({"ask", "direct", "instruct", "task"})
_ASSESSING = frozenset({"as", "with", "that"})
_BEFORE_VERBS = frozenset({"also", "again", "then", "both", "further", "too", "once"})
_FIRM = frozenset({"be clear", "be explicit", "be firm"})
CALLS = frozenset({"call", "conversation", "talk", "talks", "meeting", "discussion"})
_SIDES = frozenset({"side", "sides", "party", "delegation"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A subject with its verb; the verb is null for a deed."""

    subject: Subject
    start: int
    verb: int
    end: int
    meaning: Verb | None
    text: str
    sure: float


def light_verb(sentence: Sentence, place: int) -> int | None:
    """Where `gave an extensive update` ends, and the like: a verb of little meaning with the name of something said."""
    if sentence.lower[place] not in _LIGHT:
        return None
    for at in range(place + 1, min(sentence.size, place + _LONGEST_LIGHT)):
        if sentence.lower[at] in _SAID_THINGS:
            # "made the remarks in a phone call" tells when something was said.
            return None if sentence.lower[place : place + 2] in _OF_REMARKS else at + 1
        if not sentence.lower[at].isalpha() and "-" not in sentence.lower[at] and sentence.words[at] != ",":
            return None
    return None


def talks_about(sentence: Sentence, place: int) -> int | None:
    """Where `had a detailed exchange of views on` ends, and the like; without what it was about, it is no statement."""
    if sentence.lower[place : place + 1] not in (["had"], ["held"]):
        return None
    for at in range(place + 1, min(sentence.size, place + _LONGEST_TALKS)):
        if sentence.lower[at] in _BEYOND_TALKS:
            # "had lunch with B after a discussion on": only adjectives stand before the talks.
            return None
        if sentence.lower[at] in _TALKS:
            views = sentence.lower[at + 1 : at + 3] == ["of", "views"]
            end = at + 3 if views else at + 1
            about = sentence.lower[end : end + 1]
            return end if about and about[0] in _ABOUT else None
    return None


def _joined_in(parsed: Parsed, roster: Roster, subject: Subject, place: int) -> Pair | None:
    """`President A joined President B in urging`: both urge."""
    sentence = parsed.sentence
    other = parsed.mentions.get(place + 1) if sentence.lower[place] == "joined" else None
    if other is None or sentence.lower[other.end : other.end + 1] != ["in"]:
        return None
    found = verb_at(sentence, other.end + 1)
    person = roster.meant(other)
    if found is None or found[1].form != "ing" or person is None:
        return None
    both = Subject(subject.start, subject.end, (*subject.people, person))
    return Pair(both, subject.start, place, found[0], found[1], sentence.words[other.end + 1], 0.85)


def _speaks_with(parsed: Parsed, roster: Roster, subject: Subject, place: int) -> Pair | None:
    """`President A also spoke with President B about fish`: both discussed it."""
    sentence = parsed.sentence
    other = parsed.mentions.get(place + 2) if sentence.lower[place : place + 1] in (["spoke"], ["talked"]) else None
    person = roster.meant(other) if other is not None and sentence.lower[place + 1] in {"with", "to"} else None
    if other is None or person is None or sentence.lower[other.end : other.end + 1] not in (["about"], ["on"]):
        return None
    both = Subject(subject.start, subject.end, tuple(dict.fromkeys((*subject.people, person))))
    spoken = " ".join(sentence.words[place : place + 2])
    return Pair(both, subject.start, place, other.end, by_base()["discuss"], spoken, 0.8)


def _is_verb(sentence: Sentence, place: int) -> bool:
    found = verb_at(sentence, place)
    return (found is not None and found[1].form in {"past", "present"}) or (
        place < sentence.size and is_deed(sentence.lower[place])
    )


def _denied(sentence: Sentence, place: int) -> tuple[int, Verb] | None:
    """The verb of `did not agree`."""
    verb = by_base().get(sentence.lower[place])
    return (place + 1, verb) if verb is not None and sentence.lower[place - 2 : place] == ["did", "not"] else None


def past_adverbs(sentence: Sentence, place: int) -> int:
    """The place after adverbs and asides: `, in turn,`, `also`, `has strongly`."""
    at = place
    while at < sentence.size:
        lower = sentence.lower[at]
        if lower == ",":
            aside = _aside(sentence, at)
            if aside is None:
                break
            at = aside
        elif lower == "(":
            close = next((k for k in range(at, min(sentence.size, at + 8)) if sentence.words[k] == ")"), None)
            if close is None:
                break
            at = close + 1
        elif lower in _AUXILIARIES and verb_at(sentence, at) is not None:
            # "had the opportunity to discuss"
            break
        elif lower in words("frames", "between") or lower.endswith("ly"):
            at += 3 if sentence.lower[at : at + 3] == ["first", "of", "all"] else 1
        else:
            break
    return at


def _aside(sentence: Sentence, comma: int) -> int | None:
    """The place after the second comma of an aside that begins with a comma, where a verb follows."""
    relative = sentence.lower[comma + 1 : comma + 2] in (["who"], ["whose"])
    circumstance = sentence.lower[comma + 1 : comma + 2] in (["in"], ["during"], ["speaking"])
    # ", also stating that the attacks must stop, underlined"
    first = comma + 1 + (sentence.lower[comma + 1 : comma + 2] in (["also"], ["further"], ["while"]))
    saying = verb_at(sentence, first)
    relative = relative or (saying is not None and saying[1].form == "ing")
    limit = comma + (_LONGEST_RELATIVE if relative else _LONGEST_CIRCUMSTANCE if circumstance else _LONGEST_ASIDE)
    for at in range(comma + 1, min(sentence.size, limit)):
        if sentence.words[at] == ",":
            after = at + 1
            while after < sentence.size and _is_adverb(sentence, after):
                after += 1
            if verb_at(sentence, after) is not None or (after < sentence.size and is_some_past(sentence.lower[after])):
                return at + 1
    return None


def _is_adverb(sentence: Sentence, place: int) -> bool:
    """Whether an adverb stands at a place."""
    return sentence.lower[place].endswith("ly") or sentence.lower[place] in _BEFORE_VERBS


def _past_relative(sentence: Sentence, place: int) -> int:
    """The place after `who came by the port where grain is stored`, where a verb with `that` follows."""
    if sentence.lower[place : place + 1] != ["who"]:
        return place
    for at in range(place + 2, min(sentence.size, place + _LONGEST_RELATIVE)):
        found = verb_at(sentence, at)
        if found is not None and found[1].form == "past":
            return at if sentence.lower[found[0] : found[0] + 1] == ["that"] and at > place + 2 else place
    return place


def pair_at(parsed: Parsed, roster: Roster, memory: Memory, place: int, *, form: str = "past") -> Pair | None:
    """The subject at a place with its verb, which is finite, or, where `form` is `ing`, a participle."""
    sentence = parsed.sentence
    subject = subject_at(parsed, roster, memory, place)
    if subject is None:
        return None
    if subject.side and sentence.lower[subject.end : subject.end + 1] == ["and"]:
        # "relations between Italy and Spain and agreed"
        return None
    end = subject.end if subject.side else _past_company(sentence, subject.end)
    if end > subject.end and subject.group and not roster.is_open and subject.people == roster.officials():
        # "White House officials and state leaders", in a meeting whose sentence names both.
        subject = replace(subject, people=roster.present())
    if _is_with_others(sentence, subject, end):
        # Who of those named belongs to "the President and the ambassadors" cannot be told.
        subject = unless_others(subject, roster)
    at = _past_relative(sentence, past_adverbs(sentence, end))
    if sentence.words[at : at + 1] == [","] and not subject.pronoun and _is_verb(sentence, at + 1):
        # The comma that closes "the President, Jan Kowalski,".
        at += 1
    if at >= sentence.size or sentence.quoted[at]:
        return None
    of_author = roster.author is not None or sentence.lower[place] == "we"
    if of_author and HAVING.intersection(sentence.lower[end:at]):
        # Who tells of a call as "I" tells the reader what "I have approved", and nobody in the call.
        return None
    place_of_had = at - 1 if sentence.lower[at - 1] == "had" and at > end else at
    talks = talks_about(sentence, place_of_had) if subject.group or len(subject.people) > 1 else None
    if talks is not None and form == "past":
        words_of = " ".join(sentence.words[place_of_had:talks]).replace(" ,", ",")
        return Pair(subject, place, place_of_had, talks, by_base()["discuss"], words_of, 0.85)
    spoke = _speaks_with(parsed, roster, subject, at) if form == "past" else None
    if spoke is not None:
        return spoke
    found = _denied(sentence, at) or verb_at(sentence, at)
    if sentence.lower[place] == "we" and not _is_of_both(found[1] if found is not None else None, roster):
        return None
    if found is not None:
        end, verb = found
        if verb.base == "call on" and is_visit(parsed, end):
            return Pair(subject, place, at, end, None, "", 0.5)
        if verb.base in _ISSUING and _PAPERS.intersection(sentence.lower[end : end + _LONGEST_LIGHT]):
            # "approved a joint statement" tells what they did.
            return Pair(subject, place, at, end, None, "", 0.5)
        if sentence.lower[place] == "i" and verb.base.startswith("be ") and verb.base not in _FIRM:
            # "I was pleased to hear" is told to the reader.
            return Pair(subject, place, at, end, None, "", 0.5)
        if verb.act == "request" and asks_for_call(sentence, end):
            return Pair(subject, place, at, end, None, "", 0.5)
        wanted = verb.form == "ing" if form == "ing" else verb.form != "ing"
        if verb.form == "plural":
            wanted = wanted and len(subject.people) > 1 and not subject.side
        if sentence.lower[at] == "state" and sentence.lower[end : end + 1] not in (["that"], [":"]):
            # "members and state officials"
            return None
        if verb.base == "view" and _ASSESSING.isdisjoint(sentence.lower[end : end + _LONGEST_CIRCUMSTANCE]):
            # "viewed a display" is a deed.
            return Pair(subject, place, at, end, None, "", 0.5)
        if verb.base == "introduce" and _MEMBERS.intersection(sentence.lower[end : end + _LONGEST_LIGHT]):
            # "introduced the members of their delegations"
            return Pair(subject, place, at, end, None, "", 0.5)
        if verb.base in _ORDERING and len(subject.people) == 1 and _orders_another(parsed, roster, end):
            # What they have others do together, they have agreed on.
            return Pair(subject, place, at, end, None, "", 0.5)
        if verb.base == "write" and sentence.lower[end : end + 1] in (["a"], ["an"]):
            # "wrote an article" tells of something else than the call.
            return None
        if not wanted or (verb.form == "present" and (subject.side or subject.group)):
            return None
        # "China extended a helping hand" is no word of China's; "the Chinese side offered" is.
        if subject.side and is_deed_of_states(sentence.lower[at]) and sentence.lower[subject.end - 1] not in _SIDES:
            return None
        return Pair(subject, place, at, end, verb, _as_printed(sentence, at, end), 0.95)
    if form == "ing":
        return None
    light = light_verb(sentence, at)
    if light is not None:
        return Pair(subject, place, at, light, by_base()["inform"], " ".join(sentence.words[at:light]), 0.8)
    shared = _joined_in(parsed, roster, subject, at)
    if shared is not None:
        return shared
    lower = sentence.lower[at]
    if subject.side or (subject.pronoun and subject.group and not subject.people):
        return None
    if is_some_past(lower) and sentence.lower[at + 1 : at + 2] != ["by"] and lower.isalpha():
        return Pair(subject, place, at, at + 1, None, sentence.words[at], 0.6)
    if is_deed(lower):
        return Pair(subject, place, at, at + 1, None, "", 0.5)
    return None


def _as_printed(sentence: Sentence, start: int, end: int) -> str:
    """The words of a verb, without an owner in it: `drew ... attention`."""
    verb = sentence.words[start:end]
    return " ".join((verb[0], "...", verb[-1]) if any(sentence.possessive[start:end]) else verb)


def _orders_another(parsed: Parsed, roster: Roster, place: int) -> bool:
    """`asked Secretary Cole to travel`: somebody who takes no part in the call, and so is told outside of it."""
    other = parsed.mentions.get(place)
    told = other is not None and other.office is not None and bool(other.names) and roster.meant(other) is None
    return told and other is not None and "to" in parsed.sentence.lower[other.end :]


def _is_of_both(verb: Verb | None, roster: Roster) -> bool:
    """Whether `we` may be all who took part: `we agreed` in any text, `we stressed` where one of them tells of it.

    "We thank our divers" is said to the reader.
    """
    if roster.author is not None:
        return verb is None or verb.form != "plural"
    return verb is not None and verb.form == "past" and (verb.summary or verb.act == "agree")


def asks_for_call(sentence: Sentence, place: int) -> bool:
    """Whether the call itself is what somebody `had requested`, or `asked for`, by the words after that.

    Who `initiated the discussion of energy` did so in the call.
    """
    lower = sentence.lower
    at = place + (lower[place : place + 1] == ["for"])
    last = at + 1 + (lower[at + 1 : at + 2] in (["phone"], ["telephone"]))
    after = lower[last + 1 : last + 2]
    if lower[at : at + 1] != ["the"] or not CALLS.intersection(lower[last : last + 1]):
        return False
    return after in ([], ["."], [","], [";"], ["and"]) or (lower[last] in {"call", "conversation"} and after != ["of"])


def unless_others(subject: Subject, roster: Roster) -> Subject:
    """Who speaks with others that are only described; nobody where some of those who are named may be meant."""
    alone = all(person in subject.people for person in roster.people)
    return subject if alone else replace(subject, people=())


def _is_with_others(sentence: Sentence, subject: Subject, end: int) -> bool:
    """Whether others speak along who are neither the speaker's own nor more of a list, as in `Senators and Members`."""
    is_list = sentence.lower[subject.end - 1] in words("people", "attendees")
    return end > subject.end and not is_list and not _OWN_COMPANY.intersection(sentence.lower[subject.end : end])


def _past_company(sentence: Sentence, end: int) -> int:
    """The place after others who speak along: `and their teams`, `, state legislators, and advocates`."""
    if sentence.lower[end : end + 1] not in (["and"], [","]):
        return end
    joined = False
    for at in range(end, min(sentence.size, end + _LONGEST_ASIDE)):
        lower = sentence.lower[at]
        joined = joined or lower == "and"
        if lower in _NO_COMPANY:
            return end
        found = verb_at(sentence, at) if at > end + 1 else None
        if found is not None and found[1].form == "past":
            last = sentence.lower[at - 1]
            several = words("people", "groups") | words("people", "attendees") | {"delegation", "group", "team"}
            plural = last.endswith("s") or last in several
            return at if joined and plural and verb_at(sentence, end + 1) is None else end
    return end
