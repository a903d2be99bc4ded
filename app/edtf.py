"""EDTF text read into the first and the last day it can mean."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal, get_args

Kind = Literal["date", "interval", "set"]
Precision = Literal["second", "day", "month", "year", "decade", "century", "millennium", "unknown"]

_FINE_TO_COARSE: tuple[Precision, ...] = get_args(Precision)
# By how many digits of YYYYMMDD come before the first X.
_GIVEN: tuple[Precision, ...] = ("unknown", "millennium", "century", "decade", "year", "year", "month", "month", "day")
_LONGEST = 100
_ASCENDING, _DESCENDING = "0123456789", "9876543210"
_LEAP_MONTHS = {f"{month:02}": monthrange(2000, month)[1] for month in range(1, 13)}

# [0-9] and never \d, which also takes the digits of other scripts.
_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?([?~%]?)")
# ISO 8601-1 has no shift -00, no hour 24, and a second 60 only where a day has a leap second.
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"T(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|23:59:60)"
    r"(?:Z|(?!-00(?::00)?$)[+-](?:[01][0-9]|2[0-3])(?::[0-5][0-9])?)?"
)
_OUTSIDE = {
    re.compile(r"\{.*"): "an all-of set in braces",
    re.compile(r"Y?-?[0-9]+E[0-9]+(?:S[0-9]+)?"): "a year with an exponent (E)",
    re.compile(r"Y?-?[0-9]+S[0-9]+"): "significant digits (S)",
    re.compile(r"Y-?[0-9]+"): "a year of more than four digits (Y)",
    re.compile(r"-[0-9X].*"): "a negative year",
    re.compile(r"[0-9X]{4}-(?:2[1-9]|3[0-9]|4[01])[?~%]?"): "a season or other part of a year (21 to 41)",
    re.compile(r"[0-9X-]*[?~%][0-9X?~%-]*"): "a qualifier on an individual component, not at the end of a whole date",
    _DATE_TIME: "a date-time inside an interval or a set",
}


class EdtfError(ValueError):
    """The text is not EDTF, lies outside the profile, or means no real day; the message says which in one sentence."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """What a text of the profile means, as days of the proleptic Gregorian calendar, year 0000 included.

    The bounds are `YYYY-MM-DD`, which sorts as the days do; None is no bound on that side. A date-time's bounds are
    its day as written, whatever its zone. `precision` is the finest unit given together with all above it, and the
    coarsest among the dates of an interval or a set. `contiguous`: every day between the bounds is possible.
    """

    text: str
    kind: Kind
    earliest: str | None
    latest: str | None
    precision: Precision
    qualified: bool
    contiguous: bool


def read_edtf(text: str) -> Edtf:
    """Read one date, date-time, interval or one-of set: `read_edtf("2020-02-XX").latest == "2020-02-29"`.

    Of the Library of Congress profile of ISO 8601-2:2019 (https://www.loc.gov/standards/datetime/) it takes all of
    level 0; of level 1 "Qualification of a date (complete)", "Unspecified digit(s) from the right" and "Extended
    Interval"; of level 2 "Unspecified Digit", also in intervals, and the square brackets of "Set representation".

    Raises `EdtfError` for anything else, for a day that no calendar has, and for an interval that ends before it
    starts or has neither end.
    """
    if len(text) > _LONGEST:
        raise _refusal(text[:20], f"begins a text of more than {_LONGEST} characters")
    if text.startswith("["):
        return _read_set(text)
    if "/" in text:
        return _read_interval(text)
    if date_time := _DATE_TIME.fullmatch(text):
        return replace(_read_date(date_time[1]), text=text, precision="second")
    return _read_date(text)


def _read_date(text: str) -> Edtf:
    match = _DATE.fullmatch(text)
    if not match:
        raise _refusal(text, _reason(text, "is not written like YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"))
    year, month, day, qualifier = match.groups("")
    bounds = _bounds(year, month or "XX", day or "XX")
    if not bounds:
        raise _refusal(text, _reason(text, "is no date of the calendar"))
    # A year of which nothing is known bounds nothing.
    earliest, latest = (None, None) if year == "XXXX" else bounds[:2]
    precision = _GIVEN[f"{year}{month}{day}X".index("X")]
    return Edtf(text, "date", earliest, latest, precision, qualified=bool(qualifier), contiguous=bounds[2])


def _read_interval(text: str) -> Edtf:
    start, _, end = text.partition("/")
    if "/" in end:
        raise _refusal(text, "has more than one '/', and an interval has two ends")
    return _read_span(text, start, end)


def _read_set(text: str) -> Edtf:
    if set("?~%") & set(text):
        raise _refusal(text, "has a qualifier in a set, which is outside the EDTF that Telcon takes")
    if not text.endswith("]"):
        raise _refusal(text, "opens a set that does not end with ']'")
    parts = text[1:-1].split(",")
    if any(part.startswith("..") for part in parts[1:]) or any(part.endswith("..") for part in parts[:-1]):
        raise _refusal(text, "has an open '..' that is neither at the beginning nor at the end of the set")
    members = [_read_member(part) for part in parts]
    return Edtf(
        text,
        "set",
        _outermost(min, [member.earliest for member in members]),
        _outermost(max, [member.latest for member in members]),
        _coarsest(members),
        qualified=False,
        contiguous=len(members) == 1 and members[0].contiguous,
    )


def _read_member(text: str) -> Edtf:
    start, dots, end = text.partition("..")
    if not dots:
        return _read_date(text)
    # "Set representation": what stands beside a '..' has the precision of all that it represents.
    if "X" in text or (start and end and len(start) != len(end)):
        raise _refusal(text, "needs dates of one precision, without X, beside its '..'")
    return _read_span(text, start, end)


def _read_span(text: str, first: str, last: str) -> Edtf:
    # Open (..) and unknown (empty) ends differ in meaning, but neither is a bound.
    start, end = (None if side in ("", "..") else _read_date(side) for side in (first, last))
    dates = [date for date in (start, end) if date]
    if not dates:
        raise _refusal(text, "gives neither a start nor an end")
    earliest = start.earliest if start else None
    latest = end.latest if end else None
    if earliest and latest and earliest > latest:
        raise _refusal(text, "ends before it starts")
    qualified = any(date.qualified for date in dates)
    return Edtf(text, "interval", earliest, latest, _coarsest(dates), qualified=qualified, contiguous=True)


def _outermost(choose: Callable[[list[str]], str], days: list[str | None]) -> str | None:
    bounds = [day for day in days if day]
    return choose(bounds) if len(bounds) == len(days) else None


def _coarsest(dates: list[Edtf]) -> Precision:
    return max((date.precision for date in dates), key=_FINE_TO_COARSE.index)


def _reason(text: str, otherwise: str) -> str:
    features = (feature for pattern, feature in _OUTSIDE.items() if pattern.fullmatch(text))
    feature = next(features, None)
    return f"uses {feature}, which is outside the EDTF that Telcon takes" if feature else otherwise


def _refusal(text: str, reason: str) -> EdtfError:
    return EdtfError(f"{text!r} {reason}.")


@lru_cache(maxsize=4096)
def _bounds(year: str, month: str, day: str) -> tuple[str, str, bool] | None:
    """Give the first and the last real day that fits, and whether all between them fit; None where no day does."""
    firsts, lasts, contiguous = [], [], False
    # The days that fit are the same in all leap years, and the same in all common years.
    for leap in (False, True):
        days = _days(month, day, leap=leap)
        first = _year(year, leap=leap, digits=_ASCENDING)
        if not (days and first):
            continue
        firsts.append(f"{first}-{days[0]}")
        lasts.append(f"{_year(year, leap=leap, digits=_DESCENDING)}-{days[-1]}")
        whole = _days("XX", "XX", leap=leap)
        if "X" in year:
            contiguous = days == whole and "X" not in year.rstrip("X")
        else:
            start = whole.index(days[0])
            contiguous = days == whole[start : start + len(days)]
    return (min(firsts), max(lasts), contiguous) if firsts else None


@lru_cache(maxsize=1024)
def _days(month: str, day: str, *, leap: bool) -> tuple[str, ...]:
    return tuple(
        f"{mm}-{dd}"
        for mm in _completions(month)
        if mm in _LEAP_MONTHS
        for dd in _completions(day)
        if 1 <= int(dd) <= _LEAP_MONTHS[mm] and (leap or (mm, dd) != ("02", "29"))
    )


# Tries at most a thousand years, for a leap year like XXX1; cached, since a set may ask for it twenty times.
@lru_cache(maxsize=4096)
def _year(mask: str, *, leap: bool, digits: str) -> str | None:
    return next((year for year in _completions(mask, digits) if isleap(int(year)) == leap), None)


def _completions(mask: str, digits: str = _ASCENDING) -> Iterator[str]:
    return map("".join, product(*(digits if char == "X" else char for char in mask)))
