"""When a call took place, as a Chinese text says it."""

import re
from dataclasses import replace

from app.ingest.days import day_claim, days_before, latest_day, real_day, unstated
from app.ingest.draft import (
    ProposedClaim,
    ProposedDate,
)
from app.ingest.told import Told
from app.vocabulary import PartOfDay

_ZONES = {"CN": "Asia/Shanghai", "SG": "Asia/Singapore", "TW": "Asia/Taipei"}
_THERE = ("当地时间", "當地時間")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
    r"(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚间|晚上|晚|夜)?|(?P<word>今天|今日|昨天|昨日|[今昨]（\d{1,2}）日)(?P<part2>上午|中午|下午|晚)?"
)
_PARTS: dict[str, PartOfDay] = {
    "凌晨": "night",
    "早上": "morning",
    "早晨": "morning",
    "上午": "morning",
    "中午": "noon",
    "下午": "afternoon",
    "傍晚": "evening",
    "晚间": "evening",
    "晚上": "evening",
    "晚": "evening",
    "夜": "night",
}


def dates(told: Told, start: int, end: int, home: str | None) -> list[ProposedClaim]:
    """The day that the first sentence names."""
    match = _DATE.search(told.text, start, end)
    there = match is not None and told.text[start : match.start()].endswith(_THERE)
    zone = None if there else _ZONES.get(home or "")
    if match is None:
        return [unstated(told, zone)]
    words = (told.quoted(*match.span()),)
    part = _PARTS.get(match["part"] or match["part2"] or "")
    if match["word"]:
        day = days_before(told.published_on, 1 if match["word"].startswith("昨") else 0)
        value = ProposedDate(day.isoformat() if day else "XXXX", zone, words[0].text, part)
        return [day_claim(value, "derived", None, 0.9 if day else 0.1, words)]
    return _absolute(told, match, zone, part)


def _absolute(told: Told, match: re.Match[str], zone: str | None, part: PartOfDay | None) -> list[ProposedClaim]:
    words = (told.quoted(*match.span()),)
    month = int(match["month"]) if match["month"] else None
    # 2000 was a leap year: what is no day of it is none of any year.
    if real_day(2000, month or 1, int(match["day"])) is None:
        return [unstated(told, zone)]
    edtf = f"{match['year'] or 'XXXX'}-{f'{month:02}' if month else 'XX'}-{int(match['day']):02}"
    if match["year"] and month:
        day = real_day(int(match["year"]), month, int(match["day"]))
        if day is None:
            return [unstated(told, zone)]
    else:
        day = latest_day(told.published_on, month, int(match["day"])) if match["year"] is None else None
    stated = day_claim(ProposedDate(edtf, zone, words[0].text, part), "stated", None, 0.9, words)
    if day is None or day.isoformat() == edtf:
        return [stated]
    note = f"By the day of publication, {told.published_on}."
    derived = day_claim(ProposedDate(day.isoformat(), zone, words[0].text, part), "derived", note, 0.9, words)
    return [derived, replace(stated, preferred=False)]
