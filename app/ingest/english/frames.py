"""Sentences that say that a call took place, and who took part in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.ingest.english.lexicon import words
from app.ingest.english.naming import Mention, skip_parenthesis
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Person, Roster
from app.ingest.english.verbs import verb_at
from app.ingest.english.words import Sentence

_JOINS = frozenset({",", "and", "as", "well", "together", "with", "along", "alongside", "&", ";", "/", ")", "both"})
_LONGEST_JOIN = 5
_LONGEST = 120
_LONGEST_BODY = 6
_WITHIN_BODIES = frozenset({"of", "for", "and", "the"})
_REACH = 16
_LONGEST_ASIDE = 10
_PAYING = frozenset({"paid", "pays"})
_CALLED = frozenset({"called", "calls", "call"})
_LONGEST_RELATIVE = 45
_BETWEEN = frozenset({"was", "were", "has", "had", "today", "yesterday"})
_OPENING_ASIDES = frozenset(
    "who whose currently presently accompanied while during visiting on in at as attending having".split()
)
_NEAR = 5
_NEAR_AUTHOR = 3
_NEAR_AGENT = 8
_GLAD = frozenset(
    "pleased delighted honoured honored glad happy pleasure honour honor privilege good great chance "
    "opportunity".split()
)
_LONGEST_GLADNESS = 10
_GLADLY = frozenset({"welcome", "host", "receive", "call", "meeting", "speaking", "talking", "hosting", "welcoming"})
_DURING = frozenset({"in", "at", "during", "over", "speaking", "talking", "my"})
_JUDGING = frozenset({"very", "good", "great", "excellent", "productive", "constructive", "important", "warm"})
# "A and B met in Oslo"
_MET = frozenset({"met", "meet", "meets"})
_WRITTEN = frozenset({"statement", "statements", "declaration", "announcement", "remarks", "report"})
_WHERE = frozenset({"in", "at", "today", "yesterday", "this", "here", "again", "privately", ".", ","})
_PREPOSITIONS = frozenset({"with", "to", "between", "from", "by"})
_CONVENING = frozenset({"convened", "convenes", "hosted", "hosts", "co-hosted", "re-convened"})
_LEADING = frozenset({"led", "chaired", "organized", "organised", "opened"})
_WELCOMING = frozenset({"welcomed", "welcomes"})
_RECEIVING = _WELCOMING | {"hosted", "hosts", "received", "receives"}
_AT_PLACES = frozenset({"to", "at", "in"})
_GUESTS = frozenset({"delegation", "delegations", "group", "ministers", "families", "ambassadors"})
# "her talk with" is a noun.
_BEFORE_NOUNS = (["his"], ["her"], ["their"], ["a"], ["the"], ["this"], ["that"])
_NO_SUBJECTS = frozenset({"of", "by", "in", "at", "for", "including"})
_BEFORE_CHANNELS = tuple("in a|during a|during the|over the|over a|on the|by|via|in their|in an hour-long".split("|"))
_TALKS = frozenset({"talk", "talks"})
_SENDING = frozenset({"asked", "directed", "instructed", "tasked", "dispatched"})
_NAMING = frozenset({"a", "an", "the", "his", "her", "their"})
_FAVOURING = (["in", "favour"], ["in", "favor"], ["out", "against"])
_TOOK_PLACE = (["took", "place"], ["was", "held"], ["takes", "place"], ["is", "held"], ["were", "held"])


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: its sentence, its verb (the place of its first word), those before the verb, and those after it.

    `tail` is the place from which the sentence goes on to other things.
    """

    parsed: Parsed
    verb: int
    subjects: tuple[Mention, ...]
    objects: tuple[Mention, ...]
    tail: int

    @property
    def by_author(self) -> bool:
        """Whether it is the author who met the others: `I spoke with`, `It was good to meet`."""
        sentence, verb = self.parsed.sentence, self.verb
        if self.subjects:
            return False
        return "i" in sentence.lower[max(0, verb - _NEAR_AUTHOR) : verb] or _is_glad_to(sentence, verb)

    @property
    def to_author(self) -> bool:
        """Whether the author is the one who was called or met: `President B called me`."""
        return _is_to_me(self.parsed.sentence, self.verb)


def frame_of(parsed: Parsed) -> Frame | None:
    """The frame that a sentence is, if it is one."""
    sentence = parsed.sentence
    without_subject: Frame | None = None
    for place in range(min(sentence.size, _LONGEST)):
        if sentence.quoted[place] or not _is_frame_verb(parsed, place):
            continue
        if _is_convened_by(parsed.sentence, place):
            hosts = _hosts_after(parsed, place + 2)
            if hosts:
                return Frame(parsed, place, tuple(hosts), (), hosts[-1].end)
        subjects = subjects_before(parsed, place)
        objects, tail = _after(parsed, place)
        if subjects and not objects and _is_with_me(sentence, place):
            objects, subjects = subjects, []
        frame = Frame(parsed, place, tuple(subjects), tuple(objects), max(tail, place + 1))
        if subjects and (
            objects
            or len(subjects) > 1
            or frame.to_author
            or _has_event(sentence, place)
            or _meets_somebody(sentence, place)
        ):
            return frame
        if objects and without_subject is None:
            # "..., held by video, the President had a conversation with" has its verb still to come.
            without_subject = frame
    return without_subject


def sides(frame: Frame, roster: Roster) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """The people who are a frame's subject, and the others, with the author: `I spoke with B`, `B called me`."""
    subjects, objects = roster.those(frame.subjects), roster.those(frame.objects)
    if roster.author is not None and frame.by_author:
        subjects = (*objects, roster.author) if _is_with_me(frame.parsed.sentence, frame.verb) else (roster.author,)
    elif roster.author is not None and frame.to_author:
        objects = (*objects, roster.author)
    return subjects, objects


def _is_convened_by(sentence: Sentence, place: int) -> bool:
    """`The meeting was convened by`."""
    lower = sentence.lower
    passive = place > 0 and lower[place - 1] in {"was", "were"} and lower[place + 1 : place + 2] == ["by"]
    return passive and lower[place] in _CONVENING | _LEADING


def _hosts_after(parsed: Parsed, place: int) -> list[Mention]:
    """Those whom a list names from a place on; nobody where some of it is no office with a name."""
    near = [one for one in parsed.mentions.values() if one.start >= place]
    found = joined(parsed, near) if near and near[0].start == place else []
    if not found:
        return []
    after = found[-1].end
    while after < parsed.sentence.size and parsed.sentence.lower[after] in _JOINS:
        after += 1
    goes_on = found[-1].end < after < parsed.sentence.size and parsed.sentence.capital[after]
    return [] if goes_on or any(one.office is None or not one.names for one in found) else found


def event_with(sentence: Sentence) -> int | None:
    """Where somebody stands with whom a call was held that a sentence only mentions: `in a phone call with`.

    So does a sentence without a verb: `Very good talk with`.
    """
    return next((at for at in range(1, sentence.size) if is_met_in_event(sentence, at)), None)


def is_met_in_event(sentence: Sentence, place: int) -> bool:
    """Whether `in a phone call with` stands before a place."""
    lower = sentence.lower
    if lower[place - 1] != "with":
        return False
    for at in range(max(0, place - _REACH), place - 1):
        between = lower[at + 1 : place - 1]
        opens = lower[at] in _DURING or (at == 0 and lower[at] in _JUDGING)
        told = opens and words("frames", "events").intersection(between)
        if told and not sentence.quoted[at] and "," not in between and "with" not in between:
            return True
    return False


def subject_matter(frame: Frame) -> int:
    """The place where a frame begins to tell what the call was about; days and requests there are other ones."""
    sentence = frame.parsed.sentence
    for at in range(frame.tail, sentence.size):
        if sentence.lower[at] in {"about", "regarding", "concerning", "which", "who", "where"}:
            return at
        if sentence.lower[at] == "to" and sentence.lower[at + 1 : at + 2] not in (["the"], [], ["speak"]):
            return at
    return sentence.size


def _is_frame_verb(parsed: Parsed, place: int) -> bool:
    sentence, word = parsed.sentence, parsed.sentence.lower[place]
    if _is_convened_by(sentence, place) and _has_event_before(sentence, place):
        return True
    if sentence.lower[place : place + 2] in _TOOK_PLACE and _has_event_before(sentence, place):
        return True
    if sentence.lower[place - 1 : place + 1] == ["there", "was"]:
        return "between" in sentence.lower[place:] and _has_event(sentence, place)
    if sentence.lower[place + 1 : place + 2] == ["highly"] or sentence.lower[place + 1 : place + 3] in _FAVOURING:
        # "spoke in favour of an end to the war" says something.
        return False
    if word in words("frames", "speaking") and sentence.lower[place - 1 : place] not in _BEFORE_NOUNS:
        after = sentence.lower[place + 1 : place + _REACH]
        stop = next((at for at, one in enumerate(after) if one in words("frames", "about")), len(after))
        near = after[:stop]
        if _is_with_me(sentence, place) or (word in _MET and after[:1] and after[0] in _WHERE):
            return True
        if _is_sent_to(sentence, place) or (word in _TALKS and sentence.lower[place + 1 : place + 2] == ["held"]):
            # "following talks held in Oslo" is a noun.
            return False
        apart = {"with", "to", "by", "on", "via", "together", "separately"}
        return bool(apart & set(near)) or _meets(parsed, place) or len(subjects_before(parsed, place)) > 1
    if word in words("frames", "calling") and (
        _meets(parsed, place)
        or _is_called_by(sentence, place)
        or _receives(sentence, place)
        or _is_to_me(sentence, place)
    ):
        return True
    if word in _GLADLY and _is_glad_to(sentence, place):
        return "with" in sentence.lower[place + 1 : place + _NEAR] or _meets(parsed, place)
    if word in {"joined", "joins"} and "in" in sentence.lower[place + 1 : place + _REACH]:
        # "joined President B in urging" says something.
        return False
    if word in _PAYING and (call := next((at for at in range(place, place + _NEAR) if pays_call(sentence, at)), None)):
        return is_visit(parsed, call + 1)
    if word in words("frames", "having"):
        if not words("frames", "saying").isdisjoint(sentence.lower[place + 1 : place + 2]):
            # "have discussed trade in a phone call"
            return False
        return word in _CONVENING or _has_event(sentence, place)
    return word in words("frames", "saying") and _by_phone(sentence)


def is_visit(parsed: Parsed, place: int) -> bool:
    """Whether somebody is called on, and not called on to do anything: `called on the Vice-President of India`."""
    mention = next((parsed.mentions[at] for at in (place, place + 1) if at in parsed.mentions), None)
    if mention is None or mention.office is None:
        return False
    return "to" not in parsed.sentence.lower[mention.end : mention.end + _LONGEST_ASIDE]


def pays_call(sentence: Sentence, place: int) -> bool:
    """Whether `on` at a place follows `called` or `paid a courtesy call`."""
    return sentence.lower[place : place + 1] == ["on"] and sentence.lower[place - 1] in _CALLED


def _is_with_me(sentence: Sentence, place: int) -> bool:
    """`President B and I spoke`."""
    return place > 1 and sentence.lower[place - 2 : place] == ["and", "i"]


def _is_sent_to(sentence: Sentence, place: int) -> bool:
    """`has asked Secretary A to travel to Poland to meet with`: another meeting."""
    return sentence.lower[place - 1] == "to" and bool(_SENDING.intersection(sentence.lower[:place]))


def _is_to_me(sentence: Sentence, place: int) -> bool:
    """`called me this morning`, `spoke with me`, but not `called me an ally`."""
    at = place + 1 + (sentence.lower[place + 1 : place + 2] in (["with"], ["to"]))
    after = sentence.words[at + 1 : at + 2]
    named = after and after[0].isalpha() and (after[0] in _NAMING or after[0][0].isupper())
    return sentence.lower[at : at + 1] == ["me"] and not named


def _is_glad_to(sentence: Sentence, place: int) -> bool:
    """`I was pleased to meet`, `It was my honour to host`, `I had the pleasure of speaking`."""
    before = sentence.lower[max(0, place - _LONGEST_GLADNESS) : place]
    near = before[-_NEAR_AUTHOR:]
    return near[-1:] in (["to"], ["of"]) and bool(_GLAD & set(near)) and bool({"i", "it"} & set(before))


def _meets_somebody(sentence: Sentence, place: int) -> bool:
    """Whether a frame's verb says that people met, though the others are not named: `met with economists`."""
    return sentence.lower[place] in words("frames", "speaking") | _CONVENING or _receives(sentence, place)


def _receives(sentence: Sentence, place: int) -> bool:
    """`welcomed to the White House representatives of`, `hosted a group of economists`: guests who are not named."""
    verb, at = sentence.lower[place], place + 1
    if verb not in _RECEIVING:
        return False
    if sentence.lower[at : at + 1] and sentence.lower[at] in _AT_PLACES:
        at += 1 + (sentence.lower[at + 1 : at + 2] == ["the"])
        while at < sentence.size and sentence.capital[at]:
            at += 1
    elif verb in _WELCOMING:
        # "welcomed leaders' commitments", "welcomed the participants of the summit to speak"
        return False
    guests = words("people", "attendees") | _GUESTS
    for guest in range(at, min(sentence.size, at + _NEAR)):
        if sentence.possessive[guest] or not sentence.words[guest][0].isalnum():
            return False
        if sentence.lower[guest] in guests:
            return True
    return False


def _meets(parsed: Parsed, place: int) -> bool:
    place = _past_second_verb(parsed.sentence, place)
    aside = _past_aside(parsed.sentence, place + 1)
    return any(at in parsed.mentions for at in (place + 1, place + 2, aside))


def _past_aside(sentence: Sentence, place: int) -> int:
    """The place after `today`, `at the Old Palace on Tuesday` and `, at the Old Palace,`."""
    lower = sentence.lower
    at = place + (lower[place : place + 1] in (["today"], ["yesterday"]))
    if lower[at : at + 2] in ([",", "at"], [",", "in"], [",", "on"]):
        end = min(sentence.size, at + _REACH)
        return next((comma + 1 for comma in range(at + 1, end) if sentence.words[comma] == ","), at)
    if lower[at : at + 1] in (["at"], ["in"]):
        end = at + 1 + (lower[at + 1 : at + 2] == ["the"])
        while end < sentence.size and sentence.capital[end] and end - at < _LONGEST_BODY:
            end += 1
        if lower[end : end + 1] in (["on"], ["today"], ["yesterday"]):
            at = end + 1 + (lower[end] == "on")
    return at


def _past_second_verb(sentence: Sentence, place: int) -> int:
    """The second verb of `called and congratulated President B`, or the place itself."""
    joined_verb = sentence.lower[place + 1 : place + 2] == ["and"] and _says(sentence, place + 2)
    return place + 2 if joined_verb else place


def _is_called_by(sentence: Sentence, place: int) -> bool:
    """`was called today by`."""
    being = place - 1 - sentence.lower[place - 1].endswith("ly")
    return sentence.lower[being] in {"was", "were"} and "by" in sentence.lower[place + 1 : place + _NEAR_AGENT]


def _by_phone(sentence: Sentence) -> bool:
    text = " ".join(sentence.lower)
    return any(
        f"{lead} {channel}" in text
        for lead in _BEFORE_CHANNELS
        for channel in ("phone", "telephone", "video call", "video link", "call")
    )


def _has_event(sentence: Sentence, place: int) -> bool:
    for word in sentence.lower[place + 1 : place + _REACH]:
        if word in words("frames", "events"):
            return True
        if word in words("frames", "about"):
            return False
    return False


def _has_event_before(sentence: Sentence, place: int) -> bool:
    return bool(words("frames", "events") & set(sentence.lower[:place]))


def _says(sentence: Sentence, place: int) -> bool:
    found = verb_at(sentence, place)
    return found is not None and found[1].form == "past"


def joined(parsed: Parsed, mentions: Iterable[Mention]) -> list[Mention]:
    """The first of the mentions with those that follow it in one list: `A of X, B of Y, and C`."""
    found: list[Mention] = []
    for mention in mentions:
        if found:
            # What stands in brackets after a name is no other.
            end = skip_parenthesis(parsed.sentence, found[-1].end)
            gap = parsed.sentence.lower[end : mention.start]
            if len(gap) > _LONGEST_JOIN or not gap or not set(gap) <= _JOINS:
                break
        found.append(mention)
    return found


def subjects_before(parsed: Parsed, verb: int) -> list[Mention]:
    """The people who are the subject of the verb at a place."""
    found: list[Mention] = []
    end = _before_aside(parsed, verb)
    for mention in reversed([one for one in parsed.mentions.values() if one.end <= end]):
        gap = parsed.sentence.lower[_past_relative(parsed.sentence, mention.end, end) : end]
        if mention.start and parsed.sentence.lower[mention.start - 1] in _NO_SUBJECTS:
            # "the Office of the Vice President convened", "initiated by the President, A and B had"
            if found:
                break
            continue
        if not found and mention.office is None and _is_of_body(parsed.sentence, mention):
            # "A, B and staff of the Office of Partnerships met"
            continue
        if found:
            if len(gap) > _LONGEST_JOIN or not gap or not set(gap) <= _JOINS:
                break
        elif len(gap) > _REACH or set(gap) & words("frames", "about"):
            break
        elif any(_says(parsed.sentence, at) for at in range(mention.end, verb)):
            # The subject of another verb: "congratulated him on having held a summit".
            break
        found.insert(0, mention)
        end = mention.start
    return found


def _before_aside(parsed: Parsed, verb: int) -> int:
    """The end of whoever stands before `, who is in Oslo for talks,` and a verb, or the place of the verb."""
    at = verb
    while at and (parsed.sentence.lower[at - 1] in _BETWEEN or parsed.sentence.lower[at - 1].endswith("ly")):
        at -= 1
    if parsed.sentence.words[at - 1] != ",":
        return verb
    for mention in reversed(parsed.mentions.values()):
        if verb - mention.end > _LONGEST_RELATIVE:
            break
        near = parsed.sentence.lower[mention.end : mention.end + 2]
        opens = near[:1] == ["who"] or (near[:1] == [","] and not _OPENING_ASIDES.isdisjoint(near[1:]))
        if mention.end < verb - 2 and opens and _is_told_fully(mention):
            return mention.end
    return verb


def _is_told_fully(mention: Mention) -> bool:
    """Whether somebody is named with an office, or by more than one name."""
    return bool(mention.names) and (mention.office is not None or len(mention.names) > 1)


def _past_relative(sentence: Sentence, place: int, end: int) -> int:
    """The place after `who is visiting Oslo` before a verb, or the place itself."""
    lower = sentence.lower
    visiting = lower[place : place + 1] == ["who"] and lower[place + 1 : place + 2] in (["is"], ["was"])
    return end if visiting and end - place <= _REACH else place


def _is_of_body(sentence: Sentence, mention: Mention) -> bool:
    """Whether a name is a body's, or that of an occasion."""
    is_body = bool(mention.names) and mention.names[-1].lower() in words("people", "bodies")
    return is_body or names_occasion(sentence, mention) or _ends_body(sentence, mention)


def names_occasion(sentence: Sentence, mention: Mention) -> bool:
    """Whether a name is only the beginning of `World Harbours Summit`."""
    after = sentence.lower[mention.end : mention.end + 1]
    return after[0] in words("people", "occasions") and sentence.capital[mention.end] if after else False


def _ends_body(sentence: Sentence, mention: Mention) -> bool:
    """Whether a name is only the end of a body's: `Engagement` of `the Office of Public Engagement`."""
    at = mention.start
    while at > max(0, mention.start - _LONGEST_BODY) and (
        sentence.capital[at - 1] or sentence.lower[at - 1] in _WITHIN_BODIES
    ):
        at -= 1
        if sentence.lower[at] in words("people", "departments"):
            return True
    return False


def joined_before(parsed: Parsed, last: Mention) -> list[Mention]:
    """Those whom a list names before its last one: `President A, Minister B and` before `Minister C stressed`."""
    found: list[Mention] = []
    end, joins = last.start, (["and"], [",", "and"])
    for mention in reversed([one for one in parsed.mentions.values() if one.end < last.start]):
        if parsed.sentence.lower[mention.end : end] not in joins:
            break
        found.insert(0, mention)
        end, joins = mention.start, ([","], ["and"])
    return found


def _after(parsed: Parsed, verb: int) -> tuple[list[Mention], int]:
    sentence, later = parsed.sentence, [one for one in parsed.mentions.values() if one.start > verb]
    stop = next(
        (at for at in range(verb + 1, sentence.size) if sentence.lower[at] in words("frames", "about")), sentence.size
    )
    # "called today President B"
    first_after = _past_aside(sentence, _past_second_verb(sentence, verb) + 1)
    for at in range(verb + 1, stop):
        # Whom somebody called on as well is told further down.
        visited = sentence.stretch.paragraph == 1 and pays_call(sentence, at) and is_visit(parsed, at + 1)
        named = at == first_after and at in parsed.mentions
        if sentence.lower[at] not in _PREPOSITIONS and not named and not visited:
            continue
        if sentence.lower[at - 1 : at + 1] in (["joined", "by"], ["accompanied", "by"]):
            # Those who come along with the subject.
            continue
        if sentence.lower[at - 1] in _WRITTEN:
            # "met to speak of the statement by President B"
            continue
        first = at if at in parsed.mentions else at + 1
        near = [one for one in later if first <= one.start < stop]
        # "to discuss President A's agenda" is no meeting with A.
        reach = 0 if sentence.lower[at] == "to" and not _is_elected(sentence, first) else _NEAR
        if near and near[0].start - first <= reach and not sentence.possessive[near[0].end - 1]:
            found = joined(parsed, near)
            return found, found[-1].end
    between = next((at for at in range(verb) if sentence.lower[at] == "between"), None)
    if between is not None:
        found = joined(parsed, [one for one in parsed.mentions.values() if between < one.start])
        return found, verb + 1
    return [], verb + 1


def _is_elected(sentence: Sentence, place: int) -> bool:
    """`the newly elected`."""
    return any(lower.endswith("elected") for lower in sentence.lower[place + 1 : place + 3])
