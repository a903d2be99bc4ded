"""Claims of the day of a call, in whatever language it is told."""

from datetime import date, timedelta

from app.ingest.draft import ProposedClaim, ProposedDate, Quoted
from app.ingest.told import Told
from app.vocabulary import Basis

_YEAR_BACK = 366


def unstated(told: Told, zone: str | None) -> ProposedClaim:
    """The day of publication, for want of better; a year of which nothing is known where that is not told either."""
    if told.published_on is not None:
        value = ProposedDate(told.published_on.isoformat(), zone)
        return day_claim(value, "derived", "The text states no date; it is the day of publication.", 0.6, ())
    value = ProposedDate("XXXX")
    return day_claim(value, "derived", "The text states no date, and no day of publication was given.", 0.1, ())


def day_claim(
    value: ProposedDate, basis: Basis, note: str | None, sure: float, evidence: tuple[Quoted, ...]
) -> ProposedClaim:
    """A preferred claim of the day."""
    return ProposedClaim("date", value, basis, preferred=True, note=note, confidence=sure, evidence=evidence)


def real_day(year: int, month: int, day: int) -> date | None:
    """The day, where the calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def days_before(day: date | None, number: int) -> date | None:
    """The day so many days before; none before the calendar begins."""
    try:
        return day - timedelta(days=number) if day is not None else None
    except OverflowError:
        return None


def latest_day(published: date | None, month: int | None, day: int) -> date | None:
    """The last such day up to the day after publication, which may be earlier than the day of the call elsewhere."""
    tries = (days_before(published, back) for back in range(-1, _YEAR_BACK))
    return next((tried for tried in tries if tried and tried.day == day and month in {None, tried.month}), None)
