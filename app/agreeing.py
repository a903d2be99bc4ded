"""What is claimed of the fields of a call, and whether all of it can be right."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any, Literal

Json = dict[str, Any]
Agreement = Literal["one", "compatible", "conflicting"]
_FIELDS = ("date", "channel", "initiator", "duration")
_A_DAY = 1
_CYCLE = 146_097
"""The days of 400 years."""
_EVERY_DAY = 8 * 366
"""In so many days there is every day of a year that there can be: leap years are eight years apart at most."""
_KEPT = 2_000
_RECURRING = re.compile(r"XXXX(-[0-9X]{2}){0,2}[?~%]?")


def fields_of(claims: Sequence[Json], people: Sequence[Json], accounts: Sequence[Json]) -> Iterator[Json]:
    """What is claimed of each field that anything is claimed of, by its values in the order of the claims."""
    account_of = {
        readout["id"]: account["number"]
        for account in accounts
        for readout in (account["readout"], *account["translations"])
    }
    parties = {person["participant"]: (person["party"] or {}).get("id") for person in people}
    for field in _FIELDS:
        values: dict[str, list[Json]] = {}
        for claim in claims:
            if claim["field"] == field:
                values.setdefault(_value_key(field, claim["value"]), []).append(claim)
        if values:
            yield {
                "field": field,
                "agreement": agreement(field, [alike[0]["value"] for alike in values.values()], parties),
                "values": [
                    {"value": alike[0]["value"], "accounts": sorted(_resting_on(alike, account_of)), "claims": alike}
                    for alike in values.values()
                ],
            }


def _value_key(field: str, value: Any) -> str:
    """By what claims of one value know each other: dates need not be told in the same words."""
    return json.dumps([value["edtf"], value["zone"]] if field == "date" else value)


def _resting_on(claims: Iterable[Json], account_of: dict[str, int]) -> set[int]:
    """The accounts whose words are evidence of claims."""
    quoted = {evidence["readout"]["id"] for claim in claims for evidence in claim["evidence"] if evidence["readout"]}
    return {account_of[readout] for readout in quoted if readout in account_of}


def agreement(field: str, values: Sequence[Any], parties: dict[str, str | None]) -> Agreement:
    """How the different values of a field go together; `parties` are those of the participants, by their ids.

    `compatible` are dates of which one is part of the other, or that are a day apart and need not be told in the same
    time zone; an initiator and the party for which he took part; and a channel that is not known with any other.
    """
    if len(values) == 1:
        return "one"
    together = {"date": _dates, "initiator": lambda one, other: _initiators(one, other, parties), "channel": _channels}
    agree = together.get(field)
    agrees = agree is not None and all(agree(one, other) for one, other in combinations(values, 2))
    return "compatible" if agrees else "conflicting"


def _dates(one: Json, other: Json) -> bool:
    # An evening in Washington is the next morning in Beijing.
    apart = 0 if one["zone"] is not None and one["zone"] == other["zone"] else _A_DAY
    if _recurs(one) or _recurs(other):
        return _meet(one, other, apart)
    return _after(one, other) <= apart and _after(other, one) <= apart


def _recurs(one: Json) -> bool:
    """Whether a date is a month or a day of an unknown year."""
    return _RECURRING.fullmatch(one["edtf"]) is not None


def _meet(one: Json, other: Json, apart: int) -> bool:
    """Whether days of two dates are as close as this, of which one or both are of an unknown year."""
    recurring, beside = (one, other) if _recurs(one) else (other, one)
    if _recurs(beside):
        return not _days(recurring["edtf"], apart).isdisjoint(_days(beside["edtf"], 0))
    earliest, latest = beside["earliest"], beside["latest"]
    if earliest is None or latest is None:
        return True
    return not _days(recurring["edtf"], 0).isdisjoint(_within(_number(earliest) - apart, _number(latest) + apart))


@lru_cache(maxsize=_KEPT)
def _days(edtf: str, apart: int) -> frozenset[str]:
    """The days of a year, as MM-DD, that a date of an unknown year can mean, and those that are so close to one."""
    told = edtf.rstrip("?~%")
    numbers = [
        number
        for number in range(1, _EVERY_DAY)
        if all(digit in {"X", known} for digit, known in zip(told[5:], _day(number), strict=False))
    ]
    return frozenset(_day(number + step) for number in numbers for step in range(-apart, apart + 1))


@lru_cache(maxsize=_KEPT)
def _within(first: int, last: int) -> frozenset[str]:
    """The days of a year, as MM-DD, that there are from one day to another."""
    return frozenset(map(_day, range(first, min(last, first + _EVERY_DAY) + 1)))


def _day(number: int) -> str:
    return date.fromordinal((number - 1) % _CYCLE + 1).isoformat()[5:]


def _after(one: Json, other: Json) -> int:
    """How many days after the end of one date another one begins; none where either is open there."""
    if other["earliest"] is None or one["latest"] is None:
        return 0
    return _number(other["earliest"]) - _number(one["latest"])


def _number(day: str) -> int:
    # Python has no year 0, which is as the year 400, a whole cycle later.
    later = day if day >= "0001" else f"0400{day[4:]}"
    return date.fromisoformat(later).toordinal() - (0 if later == day else _CYCLE)


def _initiators(one: Json, other: Json, parties: dict[str, str | None]) -> bool:
    if one["kind"] == other["kind"] or "mutual" in {one["kind"], other["kind"]}:
        return False
    participant, party = (one, other) if one["kind"] == "participant" else (other, one)
    return bool(parties.get(participant["participant"]["id"]) == party["party"]["id"])


def _channels(one: str, other: str) -> bool:
    return "unknown" in {one, other}
