"""How the participants communicated, as an English text says it."""

from dataclasses import dataclass
from functools import lru_cache

from app.ingest.english.frames import Frame, pays_call
from app.ingest.english.lexicon import table, words
from app.ingest.english.parsed import Parsed
from app.ingest.english.words import Sentence
from app.vocabulary import Channel

_ORDER: tuple[Channel, ...] = ("video", "telephone", "correspondence", "meeting")
# "their meeting last month" is another one.
_OTHERS = frozenset({"next", "last", "upcoming", "forthcoming", "future", "recent", "earlier", "previous", "planned"})
_SAME_DAY = frozenset({"today", "this"})
_REMOTE = frozenset({"video", "online", "virtual", "virtually", "videoconference", "phone", "telephone", "call"})
_MEETING = frozenset("met meets meet meeting hosted hosts host hosting welcomed welcome welcoming visited".split())
_BESIDE = frozenset({"ahead", "before", "after", "following", "since", "until"})
_PERSONS = frozenset({"me", "him", "her", "it", "them", "us"})
_ARTICLES = frozenset({"a", "an"})
_NEAR = 8
_NEAR_TALKS = 5
_REACH = 60
_LONGEST_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class FoundChannel:
    """A channel, how sure it is, and the words it rests on; none where it is the title that says so."""

    channel: Channel
    sure: float
    words: tuple[int, int] | None


def channel_of(frames: list[Frame], title: Parsed | None, parsed: list[Parsed]) -> FoundChannel:
    """The channel by what the frames say, then the title, then the rest of the text."""
    for frame in frames:
        found = _in_frame(frame)
        if found is not None and found.channel not in {"meeting", "correspondence"}:
            return found
    in_title = _said(title.sentence, 0, title.sentence.size) if title else None
    for frame in frames:
        found = _in_frame(frame)
        if found is not None:
            # "met" in the text of a readout that is titled a video call, or greetings that were sent as well
            if in_title is not None and in_title[0] in {"video", "telephone"}:
                return FoundChannel(in_title[0], 0.7, None)
            return found
    if in_title is not None:
        return FoundChannel(in_title[0], 0.8, None)
    for frame in frames:
        # Who "spoke with" somebody far away did so by telephone, as a rule.
        sentence = frame.parsed.sentence
        if sentence.lower[frame.verb] in {"spoke", "speaks", "speak", "spoken", "talked", "talks"}:
            return FoundChannel("telephone", 0.5, (sentence.starts[frame.verb], sentence.ends[frame.verb]))
    for one in parsed:
        said = _said(one.sentence, 0, one.sentence.size)
        if said is not None:
            start, end = one.sentence.starts[said[1]], one.sentence.ends[said[1]]
            return FoundChannel(said[0], 0.5, (start, end))
    return FoundChannel("unknown", 0.3, None)


def _in_frame(frame: Frame) -> FoundChannel | None:
    sentence = frame.parsed.sentence
    stop = min(sentence.size, frame.tail + 12)
    if sentence.lower[frame.verb] in _MEETING and not _REMOTE & set(sentence.lower[:stop]):
        # "met to express condolences" is no letter.
        return FoundChannel("meeting", 0.95, (sentence.starts[frame.verb], sentence.ends[frame.verb]))
    visited = next((one.start - 1 for one in frame.objects if pays_call(sentence, one.start - 1)), None)
    if visited is not None:
        return FoundChannel("meeting", 0.9, (sentence.starts[frame.verb], sentence.ends[visited]))
    begin = min((one.start for one in frame.subjects), default=0)
    said = _said(sentence, begin, stop) or _said(sentence, 0, begin)
    if said is None:
        return _in_talks(sentence, frame.verb)
    channel, place = said
    if channel == "correspondence" and sentence.lower[frame.verb] in words("frames", "speaking"):
        # "spoke to express condolences" is no letter either.
        return None
    start, end = frame.verb, place + 1
    if place < frame.verb:
        start, end = place, place + 1
    if end - start > _LONGEST_EVIDENCE:
        start = place
    return FoundChannel(channel, 0.95, (sentence.starts[start], sentence.ends[end - 1]))


def _in_talks(sentence: Sentence, verb: int) -> FoundChannel | None:
    """`held talks`, `talks took place`: a meeting, as a rule, where nothing else is told."""
    took_place = sentence.lower[verb : verb + 2] == ["took", "place"]
    near = range(verb) if took_place else range(verb, min(sentence.size, verb + _NEAR_TALKS))
    place = next((at for at in near if sentence.lower[at] == "talks"), None)
    return None if place is None else FoundChannel("meeting", 0.6, (sentence.starts[place], sentence.ends[place]))


def _said(sentence: Sentence, start: int, end: int) -> tuple[Channel, int] | None:
    """The channel that words between two places name, in the order of how telling they are."""
    window = sentence.lower[start:end][: _REACH * 2]
    for channel in _ORDER:
        known = _words_of(channel)
        if known.isdisjoint(window):
            continue
        for place, word in enumerate(window, start):
            if word not in known:
                continue
            if _is_of_another(sentence, place) or _is_other_sense(sentence, place):
                continue
            if channel == "meeting" and _BESIDE & set(sentence.lower[max(start, place - _NEAR) : place]):
                # "spoke ahead of the summit"
                continue
            return channel, place
    return None


@lru_cache
def _words_of(channel: Channel) -> frozenset[str]:
    return frozenset(table("frames")["channel"][channel].split())


def _is_of_another(sentence: Sentence, place: int) -> bool:
    """Whether words before an event tell of another one, as `earlier` does, and `earlier today` does not."""
    before = sentence.lower[max(0, place - 3) : place]
    if _OTHERS.isdisjoint(before) or "earlier" not in before:
        return not _OTHERS.isdisjoint(before)
    return _SAME_DAY.isdisjoint(before[before.index("earlier") :])


def _is_other_sense(sentence: Sentence, place: int) -> bool:
    """`called for`, `call on`, `called him a friend`, `video` of a film, `calls to action`."""
    word = sentence.lower[place]
    after = sentence.lower[place + 1 : place + 2]
    if word == "called" and _PERSONS.intersection(after):
        return bool(_ARTICLES.intersection(sentence.lower[place + 2 : place + 3]))
    if word == "online":
        # "an online meeting", but no "online abuse"
        return words("frames", "events").isdisjoint(after)
    if word in {"called", "call", "calls"}:
        # "a call to President B", and no "call to action".
        somebody = sentence.capital[place + 2 : place + 3] == [True] or sentence.lower[place + 2 : place + 3] == ["the"]
        return after in (["for"], ["on"], ["upon"], ["attention"]) or (
            after == ["to"] and word == "call" and not somebody
        )
    return False
