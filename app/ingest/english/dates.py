"""When a call took place, as an English text says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from app.ingest.days import day_claim, days_before, latest_day, real_day, unstated
from app.ingest.draft import ProposedClaim, ProposedDate
from app.ingest.english.frames import Frame, subject_matter
from app.ingest.english.pairs import CALLS
from app.ingest.english.parsed import Parsed
from app.ingest.english.words import Sentence
from app.ingest.told import Told
from app.vocabulary import PartOfDay

_MONTHS = {
    name: number
    for number, names in enumerate(
        "January Jan|February Feb|March Mar|April Apr|May|June Jun|July Jul|August Aug|September Sept Sep|October Oct|"
        "November Nov|December Dec".split("|"),
        1,
    )
    for name in names.split()
}
_DAYS = {name: number for number, name in enumerate("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())}
_MONTH = "|".join(_MONTHS)
_DAY_NAME = "|".join(_DAYS)
_PART = r"night|morning|noon|afternoon|evening"
# After a month and a day: "and 12 ministers agreed" tells of no second day.
_SECOND_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?:[.,;:)](?!\d)|$| \d{4}\b| (?:with|in|at|by|on|between|during|the)\b)"
# Each alternative begins with a word, and nothing in it repeats without bound.
_DATE = re.compile(
    r"\b(?:(?P<lead>[Oo]n|[Ii]n) )?(?:the )?(?:(?P<part>" + _PART + r") of )?"
    r"(?:(?:" + _DAY_NAME + r"),? \(?(?:the )?)?"
    r"(?:(?P<month1>"
    + _MONTH
    + r")\.? (?P<day1>\d{1,2})(?:st|nd|rd|th)?(?:(?: ?[-–—] ?| to | and (?="
    + _SECOND_DAY
    + r"))(?P<last1>\d{1,2})(?!\d)(?:st|nd|rd|th)?)?"
    r"(?:,? (?P<year1>\d{4}))?(?!\d)"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?(?:(?: ?[-–—] ?| to | and )(?P<last2>\d{1,2}))?(?: of)? (?P<month2>"
    + _MONTH
    + r")\b(?:\.?,? (?P<year2>\d{4}))?(?!\d)"
    r"|(?:the )?(?P<day3>\d{1,2})(?:st|nd|rd|th)\b"
    r"(?! (?:anniversary|century|birthday|meeting|round|session|summit|time|\w+ meeting|\w+ summit))"
    r"|(?P<year4>\d{4})-(?P<month4>\d{2})-(?P<day4>\d{2})\b)"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<earlier>[Ee]arlier )?(?P<word>[Tt]oday|[Yy]esterday|[Tt]onight|[Ll]ast night|"
    r"[Tt]his (?P<part1>morning|afternoon|evening))(?:['’]s)?(?: (?P<part3>" + _PART + r"))?"
    r"|(?:[Oo]n )?(?:the (?P<part2>" + _PART + r") of )?(?P<name>" + _DAY_NAME + r")\b(?: (?P<part4>" + _PART + r"))?)"
)
_ANOTHER = re.compile(
    r"\b(?:next|last|upcoming|scheduled for|following|Following|since|after|After|ahead of|before|until|follows|marked|"
    r"celebrated)"
    r"\s*(?:[\w-]+\s+){0,8}$"
)
_EVE = re.compile(r"\bthe day before\b(?! (?:the|his|her|their)\b)")
_HELD = (["took", "place"], ["was", "held"])
_NAMING = re.compile(r"\s[A-Z]")
_PARTS: dict[str, PartOfDay] = {
    "night": "night",
    "morning": "morning",
    "noon": "noon",
    "afternoon": "afternoon",
    "evening": "evening",
}
_DATELINE = re.compile(
    r"^[A-Z][A-Za-z .,]{1,60}, (?P<month>" + _MONTH + r")\.? (?P<day>\d{1,2}) ?\([A-Z][^()\n]{1,40}\) ?[-–—]"
)
_HEADING = 220
_EARLY = 8
_NEAR = 4
_BEFORE = 80


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that give a date: what they state, and the day or days that they mean, in EDTF, and where they stand."""

    edtf: str | None
    day: str | None
    part: PartOfDay | None
    start: int
    end: int


def date_claims(told: Told, frames: Iterable[Frame], parsed: list[Parsed], zone: str | None) -> list[ProposedClaim]:
    """What the text states of the day, and what follows from it and from the day of publication."""
    found = _in_frames(told, frames, parsed)
    if found is None:
        return [unstated(told, zone)]
    words = told.quoted(found.start, found.end)
    if found.edtf is None and found.day is None:
        value = ProposedDate("XXXX", zone, words.text, found.part)
        note = "The words count from a day of publication that was not given."
        return [day_claim(value, "derived", note, 0.1, (words,))]
    stated = ProposedDate(found.edtf, zone, words.text, found.part) if found.edtf else None
    claims: list[ProposedClaim] = []
    if found.day is not None and (stated is None or stated.edtf != found.day):
        by = told.published_on
        since = f"By the day of publication, {by}." if by else None
        value = ProposedDate(found.day, zone, words.text, found.part)
        claims.append(day_claim(value, "derived", since, 0.9, (words,)))
    if stated is not None:
        claims.append(replace(day_claim(stated, "stated", None, 0.9, (words,)), preferred=not claims))
    return claims


def _in_frames(told: Told, frames: Iterable[Frame], parsed: list[Parsed]) -> _Words | None:
    spans = [(frame.parsed.sentence, frame) for frame in frames]
    for sentence, frame in spans:
        start, end = sentence.stretch.start, sentence.stretch.end
        until = sentence.ends[subject_matter(frame) - 1]
        words = _first(told, start, min(end, until))
        if words is not None:
            return words
    for sentence in (one.sentence for one in parsed):
        if _tells_when(sentence):
            words = _first(told, sentence.stretch.start, sentence.stretch.end) or _day_before(told, sentence)
            if words is not None:
                return words
    body = [one.sentence.stretch for one in parsed if one.sentence.stretch.paragraph > 0]
    for stretch in body[:1]:
        words = _first(told, stretch.start, min(stretch.end, stretch.start + _HEADING))
        if words is not None:
            return words
    return None


def _tells_when(sentence: Sentence) -> bool:
    """`The conversation took place the day before`."""
    lower = sentence.lower[:_EARLY]
    if lower[:1] not in (["the"], ["this"]) or CALLS.isdisjoint(lower[1:_NEAR]):
        return False
    return any(lower[at : at + 2] in _HELD for at in range(len(lower)))


def _day_before(told: Told, sentence: Sentence) -> _Words | None:
    match = _EVE.search(told.text, sentence.stretch.start, sentence.stretch.end)
    return None if match is None else _Words(None, _iso(days_before(told.published_on, 1)), None, *match.span())


def _first(told: Told, start: int, end: int) -> _Words | None:
    heading = _DATELINE.match(told.text[start : start + _HEADING])
    candidates = [(match.start(), match, _absolute) for match in _DATE.finditer(told.text, start, end)]
    candidates += [(match.start(), match, _relative) for match in _RELATIVE.finditer(told.text, start, end)]
    for place, match, read in sorted(candidates, key=lambda one: one[0]):
        if heading is not None and place < start + heading.end():
            continue
        if _ANOTHER.search(told.text[max(start, place - _BEFORE) : place]):
            continue
        several = match["last1"] or match["last2"] if read is _absolute else None
        if several and match[0].startswith("the ") and _NAMING.match(told.text, match.end(), end):
            # "towards the May 5-6 Herring Week"
            continue
        words = read(told, match)
        if words is not None:
            return words
    if heading is not None:
        return _absolute(told, next(_DATE.finditer(told.text, start, start + heading.end())))
    return None


def _absolute(told: Told, match: re.Match[str]) -> _Words | None:
    day = int(match["day1"] or match["day2"] or match["day3"] or match["day4"])
    name = match["month1"] or match["month2"]
    month = _MONTHS[name] if name else int(match["month4"]) if match["month4"] else None
    given = match["year1"] or match["year2"] or match["year4"]
    # 2000 was a leap year: what is no day of it is none of any year.
    if real_day(2000, month or 1, day) is None or (month is None and match["lead"] is None):
        return None
    whole = real_day(int(given), month, day) if given and month else latest_day(told.published_on, month, day)
    if given and whole is None:
        return None
    stem = f"{given or 'XXXX'}-{f'{month:02}' if month else 'XX'}"
    edtf, meant = f"{stem}-{day:02}", _iso(whole)
    last = int(match["last1"] or match["last2"] or 0)
    if whole is not None and last > day and (until := real_day(whole.year, whole.month, last)) is not None:
        # "from May 10-11"
        edtf, meant = f"{edtf}/{stem}-{last:02}", f"{meant}/{until.isoformat()}"
    part = _PARTS.get(match["part"] or "")
    return _Words(edtf, meant, part, match.start(), match.end())


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _relative(told: Told, match: re.Match[str]) -> _Words | None:
    part = next((_PARTS[match[name]] for name in ("part1", "part2", "part3", "part4") if match[name]), None)
    published = told.published_on
    if match["name"]:
        beside = match["part2"] or match["part4"] or match[0][:2].lower() == "on"
        if not beside and told.text[max(0, match.start() - 5) : match.start()].lower() != "this ":
            return None
        back = (published.weekday() - _DAYS[match["name"]]) % 7 if published else 0
        day = days_before(published, back)
        return _Words(None, _iso(day), part, match.start(), match.end())
    word = match["word"].lower()
    if match[0].endswith(("'s", "’s")):
        return None
    if word in {"tonight", "last night"}:
        part = "night"
    back = 1 if word in {"yesterday", "last night"} else 0
    day = days_before(published, back)
    return _Words(None, _iso(day), part, match.start(), match.end())
