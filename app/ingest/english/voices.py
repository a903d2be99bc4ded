"""Whose voice each sentence is in: said by somebody, carried on from a sentence before, or narrated."""

from dataclasses import dataclass, replace

from app.ingest.english.casting import Cast
from app.ingest.english.clauses import clauses
from app.ingest.english.further import Clause
from app.ingest.english.narration import MODAL, is_about_the_call, is_narrated
from app.ingest.english.parsed import Parsed
from app.ingest.english.parties import attributes_all, speaks_by_paragraphs
from app.ingest.english.roster import Person, Roster
from app.ingest.english.sentences import first_words
from app.ingest.english.subjects import Memory
from app.ingest.english.verbs import Verb, verb_at
from app.ingest.english.words import Sentence
from app.vocabulary import Mode

_OWN = frozenset({"we", "our", "i", "my", "us"})
_SHIFTED = frozenset({"would", "should", "could", "must", "needed", "was", "were", "had"})
_PRESENT = frozenset({"will", "is", "are", "has", "have", "remains", "remain"})
_MOSTLY = 0.6
_FOR_ITS_PART = tuple(["for", whose, "part"] for whose in ("his", "her", "their"))
_BULLETS = frozenset({"-", "•", "*", "–", "●"})
_LISTING = (["including", ":"], ["as", ":"], ["namely", ":"])
_OPEN = frozenset('“"«')
_CLOSE = frozenset('”"»')


@dataclass(frozen=True, slots=True)
class Spoken:
    """One statement by its offsets. `attribution` is null where the voice is carried on; `rests_on` is what gives it.

    `first` and `last` bound the words of `sentence` that it is made of.
    """

    people: tuple[Person, ...]
    side: bool
    start: int
    end: int
    attribution: tuple[int, int] | None
    verb_words: str | None
    verb: Verb | None
    mode: Mode
    paragraph: int
    sure: float
    rests_on: tuple[int, int]
    sentence: Sentence
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who speaks, by the last statement, or by a heading before there is one."""

    spoken: Spoken
    paragraph: int
    heading: bool = False


def spoken(text: str, parsed: list[Parsed], cast: Cast) -> list[Spoken]:
    """Every statement of the text, in order."""
    memory = Memory(present=cast.roster.present())
    voice: _Voice | None = None
    found: list[Spoken] = []
    for place, one in enumerate(parsed):
        paragraph = one.sentence.stretch.paragraph
        if paragraph == 0 or not one.sentence.size:
            continue
        if place in cast.calls:
            memory.present, memory.several = cast.calls[place], ()
        parts = clauses(one, cast.roster, memory, cast.frames.get(place))
        goes_on = _is_within(parts, voice, paragraph) and speaks_by_paragraphs(cast.roster.home_party)
        named = _named_before_quotation(text, one, cast.roster) if not parts else None
        if named is not None:
            found.append(named)
            voice = _Voice(named, paragraph)
            continue
        heading = _heading(one, cast.roster) if not parts else None
        if heading is not None:
            voice = _Voice(heading, paragraph, heading=True)
            continue
        if not parts or goes_on:
            carried = _carried(one, voice, cast.roster)
            if carried is None:
                # What is narrated ends a voice; a line of signs does not.
                voice = None if any(word.isalpha() for word in one.sentence.words) else voice
            elif voice is not None and _is_of_list(one.sentence, voice.spoken):
                found[-1] = replace(voice.spoken, end=carried.end)
                voice = _Voice(found[-1], paragraph)
            else:
                found.append(carried)
                voice = _Voice(carried, paragraph)
            continue
        voice = None
        for clause in parts:
            _remember(memory, clause)
            if place in cast.frames:
                # "They" after "A and B spoke with C" are all three.
                memory.several = ()
            if clause.says:
                said = _said(text, one, clause)
                if said is not None:
                    found.append(said)
                    voice = _Voice(said, paragraph)
    return found


def _named_before_quotation(text: str, parsed: Parsed, people: Roster) -> Spoken | None:
    """`Jan Roe: "Trade grows."`, where only the name says who speaks."""
    sentence, mention = parsed.sentence, parsed.mentions.get(0)
    if mention is None:
        return None
    end = mention.end
    opens = sentence.words[end : end + 1] == [":"] and end + 2 < sentence.size and sentence.words[end + 1] in _OPEN
    speaker = people.meant(mention) if opens else None
    if speaker is None:
        return None
    start = sentence.starts[end + 2]
    last = _unquoted(text, start, _past_quote(text, sentence.stretch.end))
    return _named(sentence, speaker, end, (start, last), (end + 2, sentence.size), 0.9)


def _heading(parsed: Parsed, people: Roster) -> Spoken | None:
    """`Prime Minister Roe at the start of the meeting:`, by which the quotation that follows is hers; no statement."""
    sentence, mention = parsed.sentence, parsed.mentions.get(0)
    speaker = people.meant(mention) if mention is not None and sentence.words[-1] == ":" else None
    if speaker is None:
        return None
    end = sentence.stretch.end
    return _named(sentence, speaker, sentence.size - 1, (end, end), (0, 0), 0.85)


def _named(  # noqa: PLR0913, PLR0917 - who, by which words, and what is said by places in the text and in the sentence
    sentence: Sentence, speaker: Person, colon: int, said: tuple[int, int], places: tuple[int, int], sure: float
) -> Spoken:
    """What is somebody's by a name and a colon alone."""
    attribution = sentence.stretch.start, sentence.ends[colon]
    return Spoken(
        people=(speaker,),
        side=False,
        start=said[0],
        end=said[1],
        attribution=attribution,
        verb_words=None,
        verb=None,
        mode="direct",
        paragraph=sentence.stretch.paragraph,
        sure=sure,
        rests_on=attribution,
        sentence=sentence,
        first=places[0],
        last=places[1],
    )


def _is_within(parts: list[Clause], voice: _Voice | None, paragraph: int) -> bool:
    """Whether what states or groups did is told within a paragraph that somebody speaks."""
    if voice is None or voice.paragraph != paragraph or len(voice.spoken.people) != 1:
        return False
    return all(not clause.says and (clause.group or not clause.people) for clause in parts)


def _remember(memory: Memory, clause: Clause) -> None:
    memory.strangers = not clause.people and (clause.side or clause.group) and clause.verb is not None
    if len(clause.people) == 1 and not clause.group:
        memory.single = clause.people[0]
    elif len(clause.people) > 1:
        memory.several = clause.people


def _said(text: str, parsed: Parsed, clause: Clause) -> Spoken | None:
    sentence = parsed.sentence
    start, end = sentence.starts[clause.start], sentence.ends[clause.end - 1]
    if clause.end == sentence.size:
        end = max(end, _past_quote(text, sentence.stretch.end))
    if clause.start == 0:
        start = first_words(text, sentence.stretch.start, end)
    attribution = (sentence.starts[clause.subject], sentence.ends[clause.verb_end - 1])
    direct = _is_direct(sentence, clause)
    if clause.content is not None and clause.content < clause.end:
        first = sentence.starts[clause.content]
        attribution = (start, sentence.ends[clause.content - 1])
        if text[attribution[1] - 1] in _OPEN:
            attribution = (start, _before_space(text, attribution[1] - 1))
            end = _unquoted(text, first, end)
        start = first
    if start >= end:
        return None
    summary = clause.verb is not None and clause.verb.summary and clause.content is None
    mode: Mode = "direct" if direct else "summary" if summary else "indirect"
    return Spoken(
        people=clause.people,
        side=clause.side,
        start=start,
        end=end,
        attribution=attribution,
        verb_words=clause.verb_words,
        verb=clause.verb,
        mode=mode,
        paragraph=sentence.stretch.paragraph,
        sure=clause.sure,
        rests_on=attribution,
        sentence=sentence,
        first=clause.content if clause.content is not None else clause.start,
        last=clause.end,
    )


def _before_space(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end


def _past_quote(text: str, end: int) -> int:
    return end + 1 if text[end : end + 1] in _CLOSE else end


def _unquoted(text: str, start: int, end: int) -> int:
    """The end before the mark that closes a quotation, where it closes at the end."""
    last = end
    while last > start and text[last - 1] in _CLOSE | {"."}:
        if text[last - 1] in _CLOSE:
            return last - 1
        last -= 1
    return end


def _is_direct(sentence: Sentence, clause: Clause) -> bool:
    whole = quoted = 0
    for at in range(clause.start, clause.end):
        if clause.subject <= at < clause.verb_end or (clause.content is not None and at < clause.content):
            continue
        length = sentence.ends[at] - sentence.starts[at]
        whole += length
        quoted += length if sentence.quoted[at] else 0
    return whole > 0 and quoted >= _MOSTLY * whole


def _carried(parsed: Parsed, voice: _Voice | None, people: Roster) -> Spoken | None:
    """The sentence as a statement of whoever spoke before it, unless it is narrated."""
    sentence = parsed.sentence
    if voice is None or not any(word.isalpha() for word in sentence.words):
        return None
    quotation = sentence.words[0] in _OPEN
    said = voice.spoken
    if voice.heading and not quotation:
        return None
    if not quotation and not _is_further_point(sentence, said) and not _is_spoken_through(parsed, voice, people):
        # What follows "they discussed" is told by the publisher, unless the two were said to say something of it.
        if said.mode == "summary" and not _says_more(said):
            return None
        # Who tells of a call as "I" says of every sentence who said it, too.
        attributed = people.author is not None or attributes_all(people.home_party)
        if attributed and not _is_shifted(sentence):
            return None
        if is_narrated(sentence) or _begins_with_another(parsed, said, people):
            return None
        if sentence.stretch.paragraph != voice.paragraph and not _goes_on(sentence, said):
            return None
    start, end = sentence.stretch.start, sentence.stretch.end
    whole = sentence.size
    return replace(
        said,
        start=start,
        end=end,
        attribution=said.attribution if voice.heading else None,
        verb_words=None,
        verb=None,
        mode="direct" if quotation or sum(sentence.quoted) >= _MOSTLY * whole else "indirect",
        paragraph=sentence.stretch.paragraph,
        sure=0.75 if sentence.stretch.paragraph == voice.paragraph else 0.5,
        side=False,
        sentence=sentence,
        first=0,
        last=whole,
    )


def _is_spoken_through(parsed: Parsed, voice: _Voice, people: Roster) -> bool:
    """Whether a paragraph is wholly of one voice, and the sentence neither about the call nor about another."""
    said, sentence = voice.spoken, parsed.sentence
    return (
        voice.paragraph == sentence.stretch.paragraph
        and speaks_by_paragraphs(people.home_party)
        and len(said.people) == 1
        and said.mode != "summary"
        and not is_about_the_call(sentence)
        and not _begins_with_another(parsed, said, people)
    )


def _is_further_point(sentence: Sentence, said: Spoken) -> bool:
    """Whether a point of a list follows what ends in a colon, as `He stressed the following:`, or another point."""
    in_list = said.sentence.words[-1] == ":" or (said.attribution is None and _is_point(said.sentence))
    return in_list and _is_point(sentence)


def _is_of_list(sentence: Sentence, said: Spoken) -> bool:
    """Whether a point is a part of the sentence before its list: `measures, including:`, or one without a capital."""
    first = next((word for word in sentence.words if word[0].isalpha()), "")
    listed = said.sentence.lower[-2:] in _LISTING or first[:1].islower()
    return listed and _is_point(sentence) and said.sentence.words[-1] == ":"


def _is_point(sentence: Sentence) -> bool:
    numbered = sentence.size > 1 and sentence.words[0].isdigit() and sentence.words[1] in {".", ")"}
    in_brackets = sentence.words[:1] == ["("] and sentence.words[2:3] == [")"]
    return sentence.words[0] in _BULLETS or numbered or in_brackets


def _is_shifted(sentence: Sentence) -> bool:
    """Whether a sentence is in the tense of reported speech: `This would include training`."""
    lower = set(sentence.lower)
    return bool(lower & _SHIFTED) and not lower & _PRESENT


def _begins_with_another(parsed: Parsed, said: Spoken, people: Roster) -> bool:
    """Whether a sentence is about somebody who took part and does not speak: `Macron gave his consent`."""
    if parsed.sentence.lower[:3] in _FOR_ITS_PART:
        # Whoever it is has not spoken before.
        return True
    mention = parsed.mentions.get(0)
    if mention is None or parsed.sentence.possessive[mention.end - 1]:
        return False
    person = people.meant(mention)
    return person is not None and person not in said.people


def _says_more(said: Spoken) -> bool:
    """Whether a clause like `, noting that` follows a verb that tells of the subject only."""
    for at in range(said.first, said.last):
        if said.sentence.words[at] == ",":
            found = verb_at(said.sentence, at + 1)
            if found is not None and found[1].form == "ing":
                return True
    return False


def _goes_on(sentence: Sentence, said: Spoken) -> bool:
    """Whether a sentence that opens a paragraph goes on in one person's voice."""
    return len(said.people) == 1 and bool((MODAL | _OWN) & set(sentence.lower))
