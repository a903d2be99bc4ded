"""Who took part in a call: by the sentences that say that it took place, the title, and who speaks."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from app.ingest.english.attendance import add_attending
from app.ingest.english.frames import Frame, event_with, frame_of, joined_before, sides
from app.ingest.english.lexicon import words
from app.ingest.english.naming import Mention, party_at, skip_courtesies
from app.ingest.english.pairs import light_verb
from app.ingest.english.parsed import Parsed, parse_phrase
from app.ingest.english.parties import party_of_office, party_of_publisher
from app.ingest.english.roster import Person, Roster
from app.ingest.english.settling import (
    ENOUGH,
    LEADERS,
    author_at,
    enrich,
    says_as_author,
    settle_alike,
    settle_author,
    settle_counterparts,
    settle_delegate,
    settle_home,
    settle_parties,
    take_office_of_publisher,
    with_author,
)
from app.ingest.english.titles import MOST, add_from_title, is_group, is_somebody
from app.ingest.english.verbs import HAVING, verb_at
from app.ingest.english.words import Sentence
from app.ingest.told import Told

# Frames stand at the beginning; a later one tells of another call.
_OPENING = 4
# A visit may be told of before the meeting.
_LATEST = 8
_EARLY = 14
_NEAR = 4
_LONGEST_LIST = 8
_MONARCHS = frozenset({"king", "queen", "emir", "amir", "sultan"})
_SUBORDINATE = frozenset({"that", "which", "where"})
# "that day"
_TIMES = (["day"], ["morning"], ["afternoon"], ["evening"], ["night"], ["week"], ["same"])
_ANOTHER = frozenset(
    {"also", "separately", "earlier", "later", "then", "subsequently", "separate", "afterwards", "additionally"}
)


@dataclass(slots=True)
class Cast:
    """Who took part, and the frames that say so, by the place of their sentence."""

    roster: Roster
    frames: dict[int, Frame]
    calls: dict[int, tuple[Person, ...]]


def cast_of(told: Told, parsed: list[Parsed]) -> Cast:
    """Find who took part."""
    home = party_of_publisher(told.publisher) if told.publisher else None
    roster = Roster(home)
    frames: dict[int, Frame] = {}
    body = [place for place, one in enumerate(parsed) if one.sentence.stretch.paragraph > 0]
    for number, place in enumerate(body):
        another = bool(frames) and bool(_ANOTHER & set(parsed[place].sentence.lower[:_EARLY]))
        if number >= (_OPENING if frames else _LATEST) and not another:
            continue
        frame = frame_of(parsed[place])
        if frame is None or (frames and not (frame.subjects or frame.by_author)):
            continue
        if frames and _is_inside(frame):
            continue
        if frames and not _names_somebody_new(roster, frame) and not (another and _is_with_others(roster, frame)):
            continue
        if frames and frame.parsed.sentence.lower[frame.verb] in words("frames", "saying"):
            continue
        frames[place] = frame
        _add(roster, frame.parsed, frame.subjects)
        _add(roster, frame.parsed, frame.objects)
        _share_party(roster, frame)
    writings = words("frames", "writings")
    roster.of_letters = not frames or any(writings & set(one.parsed.sentence.lower) for one in frames.values())
    told_by_author = [frame.parsed.sentence for frame in frames.values() if frame.by_author or frame.to_author]
    if len(roster.people) < ENOUGH:
        company = _add_company(roster, [parsed[place] for place in body[:_OPENING]], frames.values())
        told_by_author += [sentence for sentence in company if author_at(sentence) is not None]
    titles = [parse_phrase(told.heading)] if told.heading else []
    titles += [one for one in parsed[:1] if one.sentence.stretch.paragraph == 0 and not told.heading]
    for title in titles:
        add_from_title(roster, title, told.text)
    if not told_by_author and len(roster.people) == 1 and not roster.of_party(home or ""):
        # "A good talk with President B. I told him that"
        told_by_author = [parsed[place].sentence for place in body if says_as_author(parsed[place].sentence)]
    settle_author(roster, told, frames.values(), told_by_author)
    add_attending(roster, told.text, parsed, frames)
    if len(roster.people) < ENOUGH or roster.is_open:
        _add_speakers(roster, [parsed[place] for place in body], open_to=roster.is_open)
    settle_counterparts(roster)
    enrich(roster, parsed)
    settle_home(roster, frames)
    enrich(roster, parsed)
    take_office_of_publisher(roster, told)
    settle_alike(roster, parsed)
    settle_delegate(roster, parsed)
    settle_parties(roster, parsed)
    roster.people.sort(key=_first_seen)
    return Cast(roster, frames, _calls(roster, frames))


def _is_inside(frame: Frame) -> bool:
    """Whether a meeting is told of within something else: `recalled that A had visited B`, `his trip to meet B`."""
    before = frame.parsed.sentence.lower[: frame.verb]
    told = (word in _SUBORDINATE and before[at + 1 : at + 2] not in _TIMES for at, word in enumerate(before))
    return before[-1:] == ["to"] or any(told)


def _is_with_others(roster: Roster, frame: Frame) -> bool:
    """Whether one who took part is said to have met others, whoever they are."""
    known = bool(roster.those(frame.subjects))
    met = any(mention.names and roster.named(mention.names) is not None for mention in frame.objects)
    return known and bool(frame.objects) and not met


def _calls(roster: Roster, frames: dict[int, Frame]) -> dict[int, tuple[Person, ...]]:
    """Who took part from which sentence on, where the text reports several calls; empty where it reports one."""
    calls: dict[int, list[Person]] = {}
    for place, frame in frames.items():
        subjects, objects = sides(frame, roster)
        people = list(dict.fromkeys((*subjects, *objects)))
        if not calls or _ANOTHER & set(frame.parsed.sentence.lower[: frame.tail]):
            calls[place] = people
        else:
            first = next(iter(calls.values()))
            first += [person for person in people if person not in first]
    if len(calls) < ENOUGH:
        return {}
    placed = {id(person) for people in calls.values() for person in people}
    left = [person for person in roster.people if id(person) not in placed]
    # Those whom only the title names belong to the call whose sentence names nobody else.
    lonely = next((people for people in calls.values() if len(people) < ENOUGH), next(iter(calls.values())))
    lonely += left
    known = {place: tuple(people) for place, people in calls.items() if len(people) >= ENOUGH}
    # Beyond so many people nobody is known, and the calls before are told apart all the same.
    return known if len(known) == len(calls) or len(roster.people) >= MOST else {}


def _first_seen(person: Person) -> int:
    """Where the text first names a person; those of the title alone come last, in its order."""
    return min((sentence.starts[mention.start] for sentence, mention in person.seen), default=sys.maxsize)


def _names_somebody_new(roster: Roster, frame: Frame) -> bool:
    return any(
        is_somebody(mention) and mention.names and roster.named(mention.names) is None for mention in frame.objects
    )


def _add(roster: Roster, parsed: Parsed, mentions: Iterable[Mention]) -> None:
    listed = list(mentions)
    apart = [one for place, one in enumerate(listed) if not _is_further_office(parsed, listed[:place], one)]
    several = [mention for mention in apart if is_somebody(mention) and not is_group(parsed, mention)]
    for place, mention in enumerate(several):
        if len(roster.people) >= MOST:
            return
        if place == len(several) - 1 == 1 and _is_name_of(parsed, several[0], mention):
            holder = roster.meant(several[0])
            if holder is not None and not holder.names:
                roster.learn(holder, parsed.sentence, mention)
                return
        person = roster.add(parsed.sentence, mention)
        led = _leading_party(parsed, several, place)
        if led is not None and person.party is None:
            person.party, person.party_confidence = led, 0.6
        # "the Amir and the Prime Minister of Qatar": the last one's party is that of all who have none.
        last = several[-1]
        if mention.party is None and place < len(several) - 1 and last.party is not None:
            after = several[place + 1]
            joint = place > 0 or (not mention.names and parsed.sentence.lower[after.start] != "the")
            # "King A and Crown Prince B of Bahrain"
            joint = joint or (mention.head in _MONARCHS and (after.head or "").startswith("crown prince"))
            if after.party is not None and (after.whole or not after.names) and person.party is None and joint:
                person.party, person.party_confidence = after.party, 0.8


def _share_party(roster: Roster, frame: Frame) -> None:
    """Give the first of two who were met the party of the second: `Foreign Minister A and Chief of Cabinet B of X`.

    Two who hold the same office are of two states.
    """
    if len(frame.objects) != ENOUGH:
        return
    first, second = frame.objects
    joined = frame.parsed.sentence.lower[first.end : second.start] == ["and"] and first.head != second.head
    person = roster.meant(first) if joined and first.party is None else None
    office = first.head or ""
    if person is not None and person.party is None and (office in LEADERS or office.endswith("minister")):
        person.party, person.party_confidence = second.party, 0.6


def _is_name_of(parsed: Parsed, holder: Mention, mention: Mention) -> bool:
    """Whether a name belongs to the office before it: `The Vice President of India and Chairman, Council, Shri Roe`.

    It may have an office of the same state with it: `the Crown Prince of Bahrain, Deputy Commander Hamad`.
    """
    nameless = holder.office is not None and not holder.names
    of_same = mention.office is None or (mention.party is not None and mention.party == holder.party)
    return nameless and of_same and parsed.sentence.words[mention.start - 1] == ","


def _leading_party(parsed: Parsed, several: list[Mention], place: int) -> str | None:
    """`Israeli National Security Advisor A, Minister B and General C`: the party before the first is that of all.

    But leaders in a list are of several states.
    """
    at = place
    while at and several[at].party is None and several[at].office is not None and several[at].head not in LEADERS:
        if place - at == _LONGEST_LIST:
            return None
        gap = parsed.sentence.lower[several[at - 1].end : several[at].start]
        if gap not in (["and"], [","], [",", "and"]):
            return None
        at -= 1
    first = several[at]
    office = first.office[0] if first.office is not None else first.start
    adjective = skip_courtesies(parsed.sentence, first.start, articles=True)
    leads = adjective < office and party_at(parsed.sentence, adjective) is not None
    return first.party if at < place and leads and party_of_office(several[place].head or "") is None else None


def _is_further_office(parsed: Parsed, before: list[Mention], mention: Mention) -> bool:
    """`Prince Faisal, Crown Prince and Prime Minister`: an office of whoever is named before it."""
    if mention.names or not before or mention.party is not None:
        return False
    gap = parsed.sentence.lower[before[-1].end : mention.start]
    return gap in ([","], ["and"]) and parsed.sentence.lower[mention.start] != "the" and bool(before[0].names)


def _add_company(roster: Roster, parsed: list[Parsed], frames: Iterable[Frame]) -> list[Sentence]:
    """Take those of a sentence that tells of the call beside what was said: `In a call with President B, A said`.

    `President B and I discussed` tells of it as well. Gives the sentences that do.
    """
    for frame in frames:
        if {"him", "her", "them"}.intersection(frame.parsed.sentence.lower[frame.verb : frame.verb + _NEAR]):
            # "At the request of President B, A spoke with him"
            _add(roster, frame.parsed, [one for one in frame.parsed.mentions.values() if one.names])
    for one in parsed:
        with_me = with_author(one)
        if with_me is not None and is_somebody(with_me):
            roster.add(one.sentence, with_me)
            return [one.sentence]
        place = event_with(one.sentence)
        other = one.mentions.get(place) if place is not None else None
        if other is None or not is_somebody(other):
            continue
        roster.add(one.sentence, other)
        before = [mention for mention in one.mentions.values() if mention.end < other.start]
        # The place in a dateline is nobody.
        before = [mention for mention in before if is_somebody(mention)] or before
        # "In a call with President B on Monday, A said"
        near = one.sentence.words[other.end : other.end + _NEAR]
        begins = other.end + (near.index(",") if "," in near else 0) + 1
        after = [mention for mention in one.mentions.values() if mention.start == begins]
        for mention in (*before[:1], *after):
            if is_somebody(mention) and one.sentence.lower[mention.end : mention.end + 1] != ["of"]:
                roster.add(one.sentence, mention)
            elif (told := _told_before(parsed, one, mention)) is not None:
                roster.add(*told)
        return [one.sentence]
    return []


def _told_before(parsed: list[Parsed], last: Parsed, mention: Mention) -> tuple[Sentence, Mention] | None:
    """Who is called `Premier Li Jun` in a sentence before the one that says `Li made the remarks in talks with`."""
    for one in parsed:
        if one is last or mention.office is not None:
            return None
        for told in one.mentions.values():
            if told.office is not None and is_somebody(told) and set(mention.names) < set(told.names):
                return one.sentence, told
    return None


def _add_speakers(roster: Roster, parsed: list[Parsed], *, open_to: bool) -> None:
    """Take those who are named as speaking where the text has no frame that names two.

    In a meeting `open_to` others they are some of those whom its sentence does not name.
    """
    for one in parsed:
        for mention in one.mentions.values():
            if not (is_somebody(mention) and mention.names) or one.sentence.quoted[mention.start]:
                continue
            if is_group(one, mention):
                continue
            after = mention.end
            while after < one.sentence.size and one.sentence.lower[after] in words("frames", "between"):
                after += 1
            if open_to and HAVING.intersection(one.sentence.lower[mention.end : after]):
                # "President A has called on Congress", elsewhere.
                continue
            verb = verb_at(one.sentence, after)
            light = light_verb(one.sentence, after) if open_to and after < one.sentence.size else None
            says = light is not None or (verb is not None and verb[1].form in {"past", "present"})
            unknown = open_to and mention.office is None and len(roster.people) >= ENOUGH
            if not says or len(roster.people) >= MOST or unknown:
                continue
            before = one.sentence.lower[mention.start - 1] if mention.start else ","
            if before in {"and", "phone", "today"} or not before[0].isalnum():
                if open_to and any(person.head == mention.head and not person.names for person in roster.people):
                    # Who is told of by an office first.
                    continue
                known = len(roster.people)
                roster.add(one.sentence, mention).listed |= open_to and len(roster.people) > known
                # "President A and President B stressed"
                also = len(roster.people)
                _add(roster, one, joined_before(one, mention))
                for person in roster.people[also:]:
                    person.listed = open_to
                if verb is None or open_to:
                    continue
                if verb[1].act in {"congratulate", "thank", "inform", "condole"} or verb[1].base == "express":
                    _add_addressed(roster, one, verb[0])


def _add_addressed(roster: Roster, parsed: Parsed, place: int) -> None:
    """Take the person to whom a call's or a letter's congratulations or condolences went."""
    if len(roster.people) >= ENOUGH:
        return
    near = [one for one in parsed.mentions.values() if place <= one.start <= place + 5]
    if near and is_somebody(near[0]):
        roster.add(parsed.sentence, near[0])
