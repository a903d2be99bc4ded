"""Those who attended beside the ones that a frame names: lists of them, and sentences that say who joined.

A list is of one kind of people (`State legislative leaders included:`), so that its heading says whom a word for
several of that kind means.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from app.ingest.english.frames import Frame, subjects_before
from app.ingest.english.lexicon import lines, words
from app.ingest.english.naming import Mention, lists, party_at
from app.ingest.english.parsed import Parsed, parse_sentence
from app.ingest.english.parties import party_adjectives, party_names
from app.ingest.english.roster import Attendance, Person, Roster
from app.ingest.english.sentences import Stretch
from app.ingest.english.settling import is_domestic
from app.ingest.english.titles import MOST, is_group, is_somebody
from app.ingest.english.verbs import verb_at
from app.ingest.english.words import Sentence
from app.ingest.tries import Phrases

_PIECE = re.compile(r"(?:(?!\s[•●▪]|;\s|\s\d{1,2}[.)]\s)[^\n•●▪])+")
_BULLET = re.compile(r"[\s•●▪*–—-]*(?:\d{1,3}[.)]\s+)?")
_MARK = re.compile(r"\s*(?:[•●▪–—-]|\*(?!\*)|\d{1,3}[.)]\s)")
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_LONGEST_HEADING = 40
# No meeting has more people than a few hundred, and not all of them are kept.
_MOST_ITEMS = 300
_LONGEST_ITEM = 300
_LONGEST_SHORT_HEADING = 8
_OPENING = 12
_LONGEST_OFFICE = 200
_NEAR = 6
_REACH = 30
_OPENING_WORDS = 3
_WHOLE_NAME = 2
_LONGEST_NAME = 4
_OF_OFFICES = frozenset({"senior", "executive", "member", "owner", "professor"})
# A summit or a dinner that somebody attended may be another occasion.
_CALLS = frozenset(
    {"call", "conversation", "meeting", "talks", "talk", "discussion", "roundtable", "briefing", "session"}
)
_BETWEEN = frozenset("also both all and other others senior officials".split())
_WITHIN_OTHERS = frozenset({"that", "which", "who", "whose", "where", "when"})
_LEADING = frozenset({"president", "prime minister", "chancellor", "federal chancellor", "king", "premier"})
_BEFORE_GUESTS = frozenset({"—", "–", ":", "-"})
_BETWEEN_GUESTS = _BEFORE_GUESTS | {",", "and", ";"}
_INCLUDING = frozenset({"included", "include"})
_LISTING = frozenset({"participants", "attendees", "participating", "attending"})
_COMPANY = frozenset({"advisors", "advisers", "delegation", "team", "cabinet"})
_OWNERS = frozenset({"his", "her"})
_BEING = frozenset({"was", "were"})
_PRESENT = frozenset({"present", "attendance"})
_MET = frozenset({"group", "participants", "attendees"})
_MEETING = (["met", "with", "the"], ["spoke", "with", "the"], ["spoke", "to", "the"])
_ATTENDING = frozenset({"joined", "attended", "participated", "took"})


def add_attending(roster: Roster, text: str, parsed: list[Parsed], frames: dict[int, Frame]) -> None:
    """Add those who are told to have attended, after those who took part by a frame."""
    took_part = list(roster.people)
    subjects = [person for frame in frames.values() for person in roster.those(frame.subjects)]
    roster.is_open = bool(subjects) and all(person in subjects for person in took_part)
    _add_lists(roster, text, parsed)
    for place, one in enumerate(parsed):
        if one.sentence.stretch.paragraph > 0 and one.sentence.size:
            _add_of_sentence(roster, one, is_frame=place in frames)
    for person in roster.people:
        person.came_along = not person.listed and person not in took_part
    hosts = [*subjects, *(person for person in roster.people if person.came_along)]
    roster.hosts = tuple(dict.fromkeys(hosts))
    known = bool(hosts) or bool(roster.attending)
    roster.is_open = known and all(person in roster.hosts for person in took_part)


def _add_of_sentence(roster: Roster, parsed: Parsed, *, is_frame: bool) -> None:
    """Add those whom one sentence says to have attended."""
    opening = parsed.sentence.lower[:_OPENING]
    phrases = _phrases("in_frames" if is_frame else "also_met" if roster.is_open else None)
    # Who joins in the sentence of a frame is one of those whom it is about.
    mentions = _named_as_attending(parsed, phrases, is_frame=is_frame)
    if not (mentions or is_frame):
        return
    # "They were joined by President B": leaders belong to the others whom the text calls so.
    listing = bool(_LISTING.intersection(opening))
    # So does who joins together with leaders: `Joining the President were President B and Secretary General C`.
    led = "joining" in opening and any(mention.head in _LEADING for mention in mentions)
    apart = not is_frame and not led
    sides = {one.start: _side_before(parsed, one) for one in mentions}
    found = [
        _add(roster, parsed, one, listed=apart and (listing or _is_apart(one) or sides[one.start] is not None))
        for one in mentions
    ]
    if is_frame and roster.is_open:
        _add_guests(roster, parsed)
    people = tuple(person for person in found if person is not None)
    company = _company_of(roster, parsed)
    party = company.party if company is not None else _party_of_list(parsed, mentions)
    for mention, person in zip(mentions, found, strict=True):
        own = sides[mention.start] or party
        if person is not None and person.party is None:
            person.company = company
            person.party, person.party_confidence = (own, 0.6) if own is not None else (None, None)
    if people and not is_frame and listing:
        roster.attending.append(Attendance(frozenset(opening), people))


def _side_before(parsed: Parsed, mention: Mention) -> str | None:
    """The party of `from the Jordanian side Minister A and Minister B`, where somebody is listed after that."""
    sentence = parsed.sentence
    for at in range(mention.start - 2, max(0, mention.start - _REACH), -1):
        if sentence.lower[at + 1] == "side" and sentence.lower[at - 1] == "the":
            found = party_at(sentence, at)
            return found[1] if found is not None else None
    return None


def _is_apart(mention: Mention) -> bool:
    """Whether who attended is no leader, and so not of those whom a text calls so."""
    return mention.of_body or mention.head not in _LEADING


def _add_guests(roster: Roster, parsed: Parsed) -> None:
    """Add guests whom a sentence names after a dash: `received envoys of islands — Ann Roe for the first, and`."""
    sentence = parsed.sentence
    dash = next((at for at in range(sentence.size) if sentence.words[at] in _BEFORE_GUESTS), sentence.size)
    opening = frozenset(sentence.lower[:dash])
    first = parsed.mentions.get(dash + 1)
    if first is None or len(first.names) < _WHOLE_NAME or not words("people", "attendees") & opening:
        return
    guests = []
    for mention in parsed.mentions.values():
        # "Ann Roe for the prisoner Jan Kowalski" is there, and Kowalski is not.
        begins = mention.start > dash and sentence.lower[mention.start - 1] in _BETWEEN_GUESTS
        if begins and len(mention.names) >= _WHOLE_NAME and not is_group(parsed, mention):
            person = _add(roster, parsed, mention, listed=True)
            if person is not None:
                _learn_party(person, parsed, mention)
                guests.append(person)
    if guests:
        roster.attending.append(Attendance(opening, tuple(guests)))


def _learn_party(person: Person, parsed: Parsed, mention: Mention) -> None:
    """Take the party of `Ann Roe for the Belarusian prisoner`."""
    sentence, end = parsed.sentence, mention.end
    if person.party is None and sentence.lower[end : end + 2] == ["for", "the"]:
        found = party_adjectives().at(sentence.words, end + 2)
        person.party, person.party_confidence = (found[1], 0.6) if found is not None else (None, None)


def _company_of(roster: Roster, parsed: Parsed) -> Person | None:
    """Whom those accompany whom a sentence names: `B was accompanied by C`, `B and his advisers, including C`."""
    sentence = parsed.sentence
    if "accompanied" in sentence.lower:
        accompanied = sentence.lower.index("accompanied")
        # "A met B, accompanied by C": by whom is open.
        led = subjects_before(parsed, accompanied) if sentence.words[accompanied - 1] != "," else []
        return roster.meant(led[-1]) if led else None
    lower = sentence.lower
    place = next((at for at in range(1, sentence.size) if lower[at] in _COMPANY and lower[at - 1] in _OWNERS), 0)
    before = [mention for mention in parsed.mentions.values() if mention.end < place]
    return roster.meant(before[-1]) if before else None


def _party_of_list(parsed: Parsed, listed: list[Mention]) -> str | None:
    """The party of `The Maltese delegation included A`, or of a list that ends in `and other Maltese officials`."""
    sentence = parsed.sentence
    if not listed:
        return None
    stands = _represented(sentence)
    if stands is not None:
        return stands[1]
    for at in range(min(_NEAR, sentence.size)):
        found = party_at(sentence, at)
        if found is not None and sentence.lower[found[0] : found[0] + 1] in (["delegation"], ["side"]):
            return found[1]
    end = listed[-1].end
    at = next((at + 1 for at in range(end, end + _NEAR) if sentence.lower[at : at + 1] == ["other"]), sentence.size)
    at += sentence.lower[at : at + 1] in (["senior"], ["high-ranking"], ["high-level"])
    found = party_adjectives().at(sentence.words, at)
    officials = found is not None and sentence.lower[found[0] : found[0] + 1] in (["officials"], ["representatives"])
    return found[1] if found is not None and officials else None


def _add(roster: Roster, parsed: Parsed, mention: Mention, *, listed: bool) -> Person | None:
    if roster.meant(mention) is None and len(roster.people) >= MOST:
        return None
    known = len(roster.people)
    person = roster.add(parsed.sentence, mention)
    person.listed = listed if len(roster.people) > known else person.listed
    return person


def _add_lists(roster: Roster, text: str, parsed: list[Parsed]) -> None:
    """Add everybody of the lists below headings."""
    place, after_list, left = 0, False, _MOST_ITEMS
    while place < len(parsed) and left > 0:
        heading = parsed[place].sentence
        place += 1
        bare = _is_bare_heading(heading) and place < len(parsed) and _is_marked(text, parsed[place])
        if not bare and not _is_heading(heading, after_list=after_list):
            after_list = False
            continue
        people: list[Person] = []
        while place < len(parsed) and left > 0 and _is_item(text, parsed[place]):
            line, place = _line(text, parsed, place)
            for item in islice(_items(text, line), left):
                left -= 1
                mention = _person_of(item)
                person = _add(roster, item, mention, listed=True) if mention is not None else None
                if person is not None and mention is not None:
                    _learn_entry(person, text, item, mention)
                    people.append(person)
        after_list = bool(people)
        if people:
            roster.attending.append(Attendance(frozenset(heading.lower), tuple(dict.fromkeys(people))))


def _is_heading(sentence: Sentence, *, after_list: bool) -> bool:
    if not sentence.size or sentence.words[-1] != ":" or sentence.size > _LONGEST_HEADING:
        return False
    if after_list and sentence.size <= _LONGEST_SHORT_HEADING:
        # `From the Administration:` heads the next one.
        return True
    lower = set(sentence.lower)
    return bool(lower & words("attendance", "headings")) and not lower & words("attendance", "no_headings")


def _is_bare_heading(sentence: Sentence) -> bool:
    """Whether a line is a heading without a colon, if a list follows: `Meeting Participants`, `Speakers`."""
    known = words("attendance", "bare_headings").intersection(sentence.lower)
    # "Ann Roe, Speakers Bureau" is an entry.
    short = "," not in sentence.words and sentence.size <= _LONGEST_SHORT_HEADING
    return bool(known) and short and sentence.words[-1].isalpha()


def _is_marked(text: str, parsed: Parsed) -> bool:
    """Whether a line begins with a bullet or a number, and not only in bold."""
    stretch = parsed.sentence.stretch
    return _MARK.match(text, stretch.start, stretch.end) is not None


def _is_item(text: str, parsed: Parsed) -> bool:
    """Whether a line is of a list, and not the heading of the next one, whatever markup it ends with."""
    stretch, said = parsed.sentence.stretch, parsed.sentence.words
    if said and said[-1] == ":":
        return False
    if not said or _is_marked(text, parsed):
        # A comment of the page's stands within a list.
        return True
    ends = text[stretch.end - 1]
    return ends not in ".!?" and stretch.end - stretch.start <= _LONGEST_ITEM and not _is_bare_heading(parsed.sentence)


def _line(text: str, parsed: list[Parsed], place: int) -> tuple[Stretch, int]:
    """A line of a list, and the place of the next one; numbers within it are no ends of sentences."""
    first = parsed[place].sentence.stretch
    last, after = first, place + 1
    if _NUMBERED.match(text, first.start, first.end):
        while after < len(parsed) and parsed[after].sentence.stretch.paragraph == first.paragraph:
            last, after = parsed[after].sentence.stretch, after + 1
    return replace(first, end=last.end), after


def _items(text: str, stretch: Stretch) -> Iterator[Parsed]:
    """The entries of a line, or of several that are set off by bullets or semicolons."""
    for piece in _PIECE.finditer(text, stretch.start, stretch.end):
        bullet = _BULLET.match(text, piece.start(), piece.end())
        start = bullet.end() if bullet is not None else piece.start()
        if start < piece.end():
            yield parse_sentence(text, Stretch(start, piece.end(), stretch.paragraph, opens=False))


def _person_of(item: Parsed) -> Mention | None:
    """The person that an entry names: with an office, or with a comma after the name and nothing of a body in it."""
    mention = next(iter(item.mentions.values()), None)
    if mention is None or mention.start > 1 or is_group(item, mention):
        return None
    known, named = lists(), [name.lower() for name in mention.names]
    after = item.sentence.words[mention.end : mention.end + 1]
    is_body = (words("people", "bodies") | known.office_bodies | known.fields).intersection(named)
    if mention.office is not None:
        # "Chairman of the National Credit Union" is nobody's name.
        goes_on = mention.end < item.sentence.size and item.sentence.capital[mention.end]
        return mention if named and not is_body and not goes_on else None
    whole = _WHOLE_NAME <= len(named) <= _LONGEST_NAME
    return mention if whole and not is_body and after in ([","], ["("], ["–"], ["-"], ["—"]) else None


def _learn_entry(person: Person, text: str, item: Parsed, mention: Mention) -> None:
    """Learn what an entry tells after a name: `President, Bread Fund` is the office, and no president's of a state."""
    sentence = item.sentence
    name = mention.name
    if not person.listed or person.office is not None or name is None or sentence.words[name[1] : name[1] + 1] != [","]:
        return
    if mention.office is not None and mention.office[0] < name[0] and mention.head not in words("people", "clergy"):
        # "Mayor Jane Roe, Riverton": an office before the name, and a place after it.
        _learn_state(person, sentence, name[1] + 1)
        return
    told = " ".join(text[sentence.ends[name[1]] : sentence.stretch.end].replace("*", "").split())
    # "Jane Roe, Riverton" tells a place.
    is_office = bool((lists().heads | _OF_OFFICES).intersection(sentence.lower[name[1] :]))
    if is_office and len(told) <= _LONGEST_OFFICE:
        person.office = told


def _learn_state(person: Person, sentence: Sentence, place: int) -> None:
    """Take the party of `Prime Minister Jan Roe, Republic of Poland`, where the entry ends with it."""
    found = party_names().at(sentence.words, place + (sentence.lower[place : place + 1] == ["the"]))
    if found is not None and found[0] == sentence.size and person.party is None and not is_domestic(person):
        person.party, person.party_confidence = found[1], 0.9


@lru_cache
def _phrases(further: str | None) -> Phrases[bool]:
    """The phrases after which those who attended are listed, with further ones."""
    found: Phrases[bool] = Phrases()
    for key in ("phrases", *([further] if further is not None else [])):
        for phrase in lines("attendance", key):
            found.add(phrase, meaning=True)
    return found


def _named_as_attending(parsed: Parsed, phrases: Phrases[bool], *, is_frame: bool) -> list[Mention]:
    """Those whom a sentence says to have attended: `Participants included A and B`, `C also joined the call`."""
    sentence = parsed.sentence
    if not words("attendance", "turning") & set(sentence.lower):
        return []
    found: list[Mention] = []
    for at in range(sentence.size):
        if sentence.quoted[at]:
            continue
        phrase = phrases.at(sentence.lower, at)
        if phrase is not None:
            listed = _listed_after(parsed, phrase[0])
            # "Participants included" with capitals alone names companies, as a rule.
            bare = sentence.lower[phrase[0] - 1] in _INCLUDING and all(one.office is None for one in listed)
            found += [] if bare else listed
        if not is_frame and _attends(parsed, at):
            found += subjects_before(parsed, at)
        if not is_frame and at == 0 and (stands := _represented(sentence)) is not None:
            found += _listed_after(parsed, stands[0])
        if not is_frame and sentence.lower[at] in _BEING and _is_inverted(sentence, at):
            found += _listed_after(parsed, at + 1)
    return [one for one in found if is_somebody(one) and one.names and not is_group(parsed, one)]


def _represented(sentence: Sentence) -> tuple[int, str] | None:
    """Whose side those stand for who are listed after `Representing Sri Lanka were`, with the place of the list."""
    if sentence.lower[:1] != ["representing"]:
        return None
    found = party_names().at(sentence.words, 1) or party_names().at(sentence.words, 2)
    after = sentence.lower[found[0] : found[0] + 1] if found is not None else []
    return found if after in ([","], ["were"], ["was"]) else None


def _is_inverted(sentence: Sentence, place: int) -> bool:
    """Whether `Attending the talks on the Maltese side` or the like stands before `were`."""
    opening = sentence.lower[:place]
    if not 0 < len(opening) <= _OPENING:
        return False
    attends = bool((_LISTING | _PRESENT | {"joining", "taking"}).intersection(opening[:_OPENING_WORDS]))
    return (attends and bool(_CALLS.intersection(opening))) or (opening[0] == "on" and opening[-1] == "side")


def _listed_after(parsed: Parsed, place: int) -> list[Mention]:
    """Those whom a list names from a place on; what an entry tells beside a name may stand between them."""
    found: list[Mention] = []
    end = place
    for mention in parsed.mentions.values():
        if mention.start < place:
            continue
        between = range(end, mention.start)
        if len(between) > _NEAR or any(verb_at(parsed.sentence, at) is not None for at in between):
            break
        found.append(mention)
        end = mention.end
    return found


def _attends(parsed: Parsed, place: int) -> bool:
    """Whether somebody is said to have attended the call that the text is about: `B also joined the call`."""
    sentence = parsed.sentence
    meets = sentence.lower[place : place + 3] in _MEETING
    present = sentence.lower[place] in _BEING and bool(_PRESENT.intersection(sentence.lower[place + 1 : place + 4]))
    if not (meets or present or sentence.lower[place] in _ATTENDING) or _WITHIN_OTHERS & set(sentence.lower[:place]):
        return False
    # "A along with B, were also present"
    before = place - (present and place > 1 and sentence.words[place - 1] == ",")
    while before and sentence.lower[before - 1] in _BETWEEN:
        before -= 1
    near = sentence.lower[place + 1 : place + _NEAR]
    is_subject = any(mention.end == before for mention in parsed.mentions.values())
    if present:
        # "Ministers Ann Roe and Jan Dale were also present."
        return is_subject
    if meets:
        # "Special Envoy Ann Roe also met with the group"
        return is_subject and bool(_MET.intersection(near[2:3]))
    return is_subject and bool({"the", "this", "today"} & set(near)) and bool(_CALLS & set(near))
