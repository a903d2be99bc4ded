"""How long a call took, as an English text says it."""

import re

from app.ingest.draft import ProposedClaim
from app.ingest.english.frames import Frame, subject_matter
from app.ingest.english.parsed import Parsed
from app.ingest.told import Told

_NUMBERS = {
    name: number
    for number, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_NUMBERS |= {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "forty-five": 45,
    "fifty": 50,
    "ninety": 90,
    "an": 1,
}
_ABOUT = "approximately|about|around|nearly|almost|some|over|more than|roughly"
_DURATION = re.compile(
    rf"\b(?:lasted|lasting|for) (?P<about>(?:for )?(?:{_ABOUT}) )?"
    rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})(?: (?P<half>and a half))?[ -](?P<unit>minute|hour)s?\b"
    rf"(?:,? and (?P<minutes>\d{{1,2}}|{'|'.join(_NUMBERS)}) minutes\b)?"
)
_SECONDS = {"minute": 60, "hour": 3600}
_LONGEST = 24 * 3600


def duration_claim(told: Told, frames: list[Frame], parsed: list[Parsed]) -> ProposedClaim | None:
    """The duration that a frame, or a sentence about the call, tells; none where none does."""
    spans = [
        (frame.parsed.sentence.stretch.start, frame.parsed.sentence.ends[subject_matter(frame) - 1]) for frame in frames
    ]
    spans += [
        (one.sentence.stretch.start, one.sentence.stretch.end)
        for one in parsed
        if one.sentence.lower[:1] == ["the"] and {"lasted"} & set(one.sentence.lower[:6])
    ]
    for start, end in spans:
        match = _DURATION.search(told.text, start, end)
        if match is None:
            continue
        number = _number(match["number"]) + (0.5 if match["half"] else 0)
        seconds = int(number * _SECONDS[match["unit"]]) + 60 * _number(match["minutes"] or "zero")
        if 0 < seconds <= _LONGEST:
            return ProposedClaim(
                field="duration",
                value=seconds,
                basis="stated",
                preferred=True,
                note="The text gives it as approximate." if match["about"] else None,
                confidence=0.8,
                evidence=(told.quoted(*match.span()),),
            )
    return None


def _number(printed: str) -> int:
    return int(printed) if printed.isdecimal() else _NUMBERS[printed]
