"""What EDTF texts mean, which are refused and why, and what reading them may cost."""

import re
import sys
from calendar import monthrange
from datetime import date
from itertools import product
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import edtf
from app.edtf import Edtf, EdtfError, read_edtf

OF_LEVELS_0_AND_1 = [
    ("2020-03-19", "2020-03-19", "2020-03-19", "day"),
    ("2020-03", "2020-03-01", "2020-03-31", "month"),
    ("2020", "2020-01-01", "2020-12-31", "year"),
    ("2020-02", "2020-02-01", "2020-02-29", "month"),
    ("1900-02", "1900-02-01", "1900-02-28", "month"),
    ("0000", "0000-01-01", "0000-12-31", "year"),
    ("0000-02-29", "0000-02-29", "0000-02-29", "day"),
    ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
    ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12", "second"),
    ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12", "second"),
    ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12", "second"),
    ("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12", "second"),
    ("2016-12-31T23:59:60Z", "2016-12-31", "2016-12-31", "second"),
    ("1984?", "1984-01-01", "1984-12-31", "year"),
    ("2004-06~", "2004-06-01", "2004-06-30", "month"),
    ("2004-06-11%", "2004-06-11", "2004-06-11", "day"),
    ("201X", "2010-01-01", "2019-12-31", "decade"),
    ("20XX", "2000-01-01", "2099-12-31", "century"),
    ("201X?", "2010-01-01", "2019-12-31", "decade"),
    ("2004-XX", "2004-01-01", "2004-12-31", "year"),
    ("1985-04-XX", "1985-04-01", "1985-04-30", "month"),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", "year"),
]

OF_LEVEL_2 = [
    ("156X-12-25", "1560-12-25", "1569-12-25", "decade", False),
    ("15XX-12-25", "1500-12-25", "1599-12-25", "century", False),
    ("1XXX-XX", "1000-01-01", "1999-12-31", "millennium", True),
    ("1XXX-12", "1000-12-01", "1999-12-31", "millennium", False),
    ("1984-1X", "1984-10-01", "1984-12-31", "year", True),
    ("XXXX-12-XX", None, None, "unknown", False),
    ("XXXX-XX-19", None, None, "unknown", False),
    ("XXXX-02-29", None, None, "unknown", False),
    ("XXXX-12", None, None, "unknown", False),
    ("XXXX", None, None, "unknown", True),
    ("X999", "0999-01-01", "9999-12-31", "unknown", False),
    ("20X0", "2000-01-01", "2090-12-31", "century", False),
    ("20X0-03", "2000-03-01", "2090-03-31", "century", False),
    ("2020-XX-19", "2020-01-19", "2020-12-19", "year", False),
    ("2020-03-1X", "2020-03-10", "2020-03-19", "month", True),
    ("2020-03-0X", "2020-03-01", "2020-03-09", "month", True),
    ("2020-03-3X", "2020-03-30", "2020-03-31", "month", True),
    ("2020-03-X9", "2020-03-09", "2020-03-29", "month", False),
    ("2020-X2-30", "2020-12-30", "2020-12-30", "year", True),
    ("2020-1X-31", "2020-10-31", "2020-12-31", "year", False),
    ("20XX-02-29", "2000-02-29", "2096-02-29", "century", False),
    ("19XX-02-29", "1904-02-29", "1996-02-29", "century", False),
    ("20XX-02", "2000-02-01", "2099-02-28", "century", False),
    ("20XX-02-2X", "2000-02-20", "2099-02-28", "century", False),
    ("X900-02-XX", "0900-02-01", "9900-02-28", "unknown", False),
]

INTERVALS = [
    ("1964/2008", "1964-01-01", "2008-12-31", "year"),
    ("2004-02-01/2005", "2004-02-01", "2005-12-31", "year"),
    ("2005/2006-02", "2005-01-01", "2006-02-28", "year"),
    ("2020-03-19/2020-03-19", "2020-03-19", "2020-03-19", "day"),
    ("2020-05/2020", "2020-05-01", "2020-12-31", "year"),
    ("2020-03/..", "2020-03-01", None, "month"),
    ("2020-03/", "2020-03-01", None, "month"),
    ("/2020-03", None, "2020-03-31", "month"),
    ("../1985-04-12", None, "1985-04-12", "day"),
    ("1984~/2004-06", "1984-01-01", "2004-06-30", "year"),
    ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", "month"),
    ("20X0/2025", "2000-01-01", "2025-12-31", "century"),
    ("XXXX/2025-01", None, "2025-01-31", "unknown"),
    ("2025-01/XXXX-12", "2025-01-01", None, "unknown"),
    ("XXXX/..", None, None, "unknown"),
]

SETS = [
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", "year", False),
    ("[1672,1667]", "1667-01-01", "1672-12-31", "year", False),
    ("[..1760-12-03]", None, "1760-12-03", "day", True),
    ("[1760-12..]", "1760-12-01", None, "month", True),
    ("[1760-01,1760-02,1760-12..]", "1760-01-01", None, "month", False),
    ("[..1983-12-31,1984-10-10..1984-11-01,1984-11-05..]", None, None, "day", False),
    ("[1667,1760-12]", "1667-01-01", "1760-12-31", "year", False),
    ("[1670..1672]", "1670-01-01", "1672-12-31", "year", True),
    ("[201X]", "2010-01-01", "2019-12-31", "decade", True),
    ("[2020-XX-19]", "2020-01-19", "2020-12-19", "year", False),
    ("[156X,1XXX-05]", "1000-05-01", "1999-05-31", "millennium", False),
    ("[2020-03-19,XXXX-03-20]", None, None, "unknown", False),
]

NOT_A_DATE = "is not written like"
REFUSED_BY_REASON = {
    NOT_A_DATE: """
        202 02020 2020- 2020-3-19 20200319 2020-03-19-01 2020-W12 2020-079 201x uuuu 20²0 ٢٠٢٠ 2020-03-1٩
        2020-03-19T24:00:00 2020-03-19T10:60:00 2020-03-19T10:00:60 2020-03-19T10:00:61 2020-03-19T10:00 2020-03-19T
        2020-03-19t10:00:00 2020-03-19T10:00:00z 2020-03-19T10:00:00+0100 2020-03-19T10:00:00+24 2020-03-19T10:00:00-00
        2020-03-19T10:00:00-00:00 2020-03-19T10:00:00.5 2020-03-19T10:00:00? 2020-03T10:00:00 2020-03-XXT10:00:00
        .. ..2020 2020..2021 2020/unknown 2020/... [] [1667,] [1667/1668] [[1667]] [1667],1668]
    """,
    "is no date of the calendar": """
        2019-02-29 1900-02-29 2020-04-31 2020-13 2020-00 2020-03-00 2019-02-29T10:00:00 2020/2019-02-29 [2019-02-29]
        2019-02-3X XX19-02-29 2X01-02-29 XXX1-02-29 X700-02-29 2020-XX-32 2020-2X XXXX-13 XXXX-02-30
    """,
    "a season": "2001-21 2001-34 2001-41? 2001-21/2003 [2001-24]",
    "a year of more than four digits (Y)": "Y170000002 Y-170000002 Y2020",
    "a year with an exponent (E)": "Y-17E7 Y17E8 Y3388E2S3",
    "significant digits (S)": "1950S2 Y171010000S3",
    "a negative year": "-1985 -0044-03-15 -0044/0014",
    "an all-of set in braces": "{1667,1668} {..1984} {",
    "a qualifier on an individual component": """
        2004-?06 ?2004-06 2004?-06-11 2004-06~-11 2004?? ? 2004-06-~01/2004-06-~20 2004-06?-01/..
    """,
    "a date-time inside an interval or a set": "2020-03-19T10:00:00/2020-03-20 [2020-03-19T10:00:00Z]",
    "gives neither a start nor an end": "/ ../.. /.. ../ [..]",
    "ends before it starts": "2020/2019 2020-03-19/2020-03-18 2020-05/2020-04-3X 201X/200X [1672..1670]",
    "has more than one '/'": "2019/2020/2021 // 2019//2020",
    "has a qualifier in a set": "[1667?,1668] [1667,1668]? [?1667] [1667?..1668]",
    "does not end with ']'": "[1667,1668 [1667]/1668 [",
    "neither at the beginning nor at the end of the set": "[1667..,1668] [1667,..1668] [1667,..,1668]",
    "needs dates of one precision, without X": "[1667..1668-01] [1667..1668..] [166X..1670] [166X..]",
    "more than 100 characters": f"{'1' * 101} [{'1667,' * 10_000}]",
}
REFUSED = [
    *((text, reason) for reason, texts in REFUSED_BY_REASON.items() for text in texts.split()),
    *((text, NOT_A_DATE) for text in ("", " ", "2020 ", " 2020", "2020\n", "2020-03-19 10:00:00", "[1667, 1668]")),
    *((text, NOT_A_DATE) for text in ("\ud800", "2020\0", "2020-03-19T10:00:00-00\n", "2020\uff0d03")),
]

# Of the longest texts: most leap years to search in vain, most different members, most members, and plain noise.
HOSTILE = [
    "XXX1-02-29",
    "[" + ",".join(f"XXX{odd}-0{month}" for month, odd in zip("123456789123", "135791357913", strict=True)) + "]",
    "[" + ",".join(f"XXX{odd}-XX-X{day}" for day, odd in zip("123456789", "135791357", strict=True)) + "]",
    "[" + ",".join(f"{first}XX1" for first in "X123456789X12345678") + "]",
    *("[" + "," * 98 + "]", "[" + "." * 98 + "]", "X" * 100, "?" * 100, "1-" * 50, "1" * 99 + "?", "." * 50 + "/" * 50),
]
MOST_CALLS = 25_000
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), OF_LEVELS_0_AND_1)
def test_a_date_of_levels_0_and_1(text: str, earliest: str, latest: str, precision: str) -> None:
    """Every such date has both bounds and no gap between them."""
    found = read_edtf(text)
    assert (found.text, found.kind, found.contiguous) == (text, "date", True)
    assert (found.earliest, found.latest, found.precision) == (earliest, latest, precision)
    assert found.qualified == text.endswith(("?", "~", "%"))


@pytest.mark.parametrize(("text", "earliest", "latest", "precision", "contiguous"), OF_LEVEL_2)
def test_an_x_in_any_place(
    text: str, earliest: str | None, latest: str | None, precision: str, *, contiguous: bool
) -> None:
    """The bounds are those of the outermost real completions."""
    found = read_edtf(text)
    assert (found.kind, found.contiguous, found.qualified) == ("date", contiguous, False)
    assert (found.earliest, found.latest, found.precision) == (earliest, latest, precision)


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), INTERVALS)
def test_an_interval(text: str, earliest: str | None, latest: str | None, precision: str) -> None:
    """An end that is open, unknown or without a known year is no bound."""
    found = read_edtf(text)
    assert (found.text, found.kind, found.contiguous) == (text, "interval", True)
    assert (found.earliest, found.latest, found.precision) == (earliest, latest, precision)
    assert found.qualified == ("~" in text)


@pytest.mark.parametrize(("text", "earliest", "latest", "precision", "contiguous"), SETS)
def test_a_set(text: str, earliest: str | None, latest: str | None, precision: str, *, contiguous: bool) -> None:
    """One member without a bound leaves the whole set without it."""
    found = read_edtf(text)
    assert (found.text, found.kind, found.contiguous) == (text, "set", contiguous)
    assert (found.earliest, found.latest, found.precision) == (earliest, latest, precision)


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused_with_the_reason(text: str, reason: str) -> None:
    """The message says in one short sentence what is wrong."""
    with pytest.raises(EdtfError, match=re.escape(reason)) as refused:
        read_edtf(text)
    assert len(str(refused.value)) < 3 * 100
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("text", ["2020?", "2020?/2021", "2020/2021%", "../2020~", "201X%"])
def test_qualified_anywhere(text: str) -> None:
    """A qualifier counts at either end of an interval, and moves no bound."""
    bare = read_edtf(re.sub("[?~%]", "", text))
    found = read_edtf(text)
    assert found.qualified
    assert not bare.qualified
    assert (found.earliest, found.latest) == (bare.earliest, bare.latest)


@given(st.dates())
def test_a_real_day_is_its_own_bounds(day: date) -> None:
    """Every day that Python knows reads back as itself."""
    text = day.isoformat()
    assert read_edtf(text) == Edtf(text, "date", text, text, "day", qualified=False, contiguous=True)


@given(st.dates(), st.sets(st.integers(0, 9)))
def test_a_masked_day_lies_in_its_bounds(day: date, masked: set[int]) -> None:
    """However many digits are unknown, the true day stays possible."""
    text = mask(day.isoformat(), masked)
    found = read_edtf(text)
    assert (found.earliest is None) == (found.latest is None) == text.startswith("XXXX")
    assert (found.earliest or "") <= day.isoformat() <= (found.latest or "9999-12-31")


@settings(deadline=None)
@given(
    st.one_of(st.dates().map(date.isoformat), st.from_regex(r"[0-9]{4}-[0-1][0-9]-[0-3][0-9]", fullmatch=True)),
    st.sampled_from([4, 7, 10]),
    st.sets(st.integers(0, 9), max_size=3),
)
@example("2000-02-29", 10, {0, 1, 3})
@example("1900-02-29", 10, {0, 1})
@example("2020-12-31", 10, {5, 6, 9})
def test_bounds_are_those_of_all_completions(text: str, length: int, masked: set[int]) -> None:
    """Trying every completion gives the same bounds, the same gaps and the same refusals."""
    text = mask(text[:length], masked)
    spans = [span for completion in completions(text) if (span := real_days(completion))]
    if not spans:
        with pytest.raises(EdtfError):
            read_edtf(text)
        return
    earliest, latest = min(spans)[0], max(spans)[1]
    possible = sum(day_number(last) - day_number(first) + 1 for first, last in spans)
    found = read_edtf(text)
    assert (found.earliest, found.latest) == (earliest, latest)
    assert found.contiguous == (possible == day_number(latest) - day_number(earliest) + 1)


@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_an_interval_has_the_bounds_of_its_ends(one: date, other: date, length: int, other_length: int) -> None:
    """In order it spans both ends; reversed it is refused, unless the ends overlap."""
    start, end = min(one, other).isoformat()[:length], max(one, other).isoformat()[:other_length]
    first, last = read_edtf(start), read_edtf(end)
    found = read_edtf(f"{start}/{end}")
    assert (found.earliest, found.latest) == (first.earliest, last.latest)
    if (first.latest or "") < (last.earliest or ""):
        with pytest.raises(EdtfError, match="ends before it starts"):
            read_edtf(f"{end}/{start}")


@given(
    st.one_of(
        st.text(max_size=200),
        st.text("0123456789X-/.?~%[]{},TZYES:+ ", max_size=200),
        st.lists(
            st.sampled_from(["2020", "201X", "XX19", "XXXX", "-02", "-1X", "-29", "-3X", "T10:00:00", "Z", "Y", "E3"])
            | st.sampled_from(list("-/.?~%[]{},X012")),
            max_size=20,
        ).map("".join),
        st.lists(st.sampled_from(["2020", "20X0-02-29", "XXXX", "2019-1X", "..2001", "2001..2003", "2021.."])).map(
            lambda members: f"[{','.join(members)}]"
        ),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but `EdtfError`, and what is read is in order."""
    try:
        found = read_edtf(text)
    except EdtfError:
        return
    assert found.text == text
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@pytest.mark.parametrize("text", HOSTILE)
def test_work_is_bounded(text: str) -> None:
    """Counted in calls and not in time, with every cache empty."""
    for thing in vars(edtf).values():
        if hasattr(thing, "cache_clear"):
            thing.cache_clear()
    calls = 0

    def count(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_edtf(text)
    except EdtfError:
        pass
    finally:
        sys.setprofile(before)
    assert calls < MOST_CALLS


def mask(text: str, masked: set[int]) -> str:
    """Put an X for every digit at these places."""
    return "".join("X" if place in masked and char != "-" else char for place, char in enumerate(text))


def completions(text: str) -> list[str]:
    """All texts that the mask allows."""
    return ["".join(chars) for chars in product(*("0123456789" if char == "X" else char for char in text))]


def real_days(text: str) -> tuple[str, str] | None:
    """Give the first and last day of a plain date, or None where it is not in the calendar."""
    year, month, day = (*map(int, text.split("-")), None, None)[:3]
    if month is None:
        return f"{text}-01-01", f"{text}-12-31"
    if not 1 <= month <= len("JFMAMJJASOND"):
        return None
    length = monthrange(year or 0, month)[1]
    if day is None:
        return f"{text}-01", f"{text}-{length}"
    return (text, text) if 1 <= day <= length else None


def day_number(text: str) -> int:
    """Count days over year 0, which Python's date lacks, by the calendar's cycle of 400 years."""
    year = int(text[:4])
    same_day = date.fromisoformat(f"{2000 + year % CYCLE_YEARS}{text[4:]}")
    return same_day.toordinal() + year // CYCLE_YEARS * CYCLE_DAYS
