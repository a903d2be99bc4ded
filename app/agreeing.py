"""What is claimed of the fields of a call, and whether all of it can be right."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any, Literal

Json = dict[str, Any]
Agreement = Literal["one", "compatible", "conflicting"]
_FIELDS = ("date", "channel", "initiator", "duration")
_A_DAY = 1
_CYCLE = 146_097
"""The days of 400 years."""
_PLAIN = re.compile(r"[0-9X]{4}(-[0-9X]{2}){0,2}")


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
    if _is_unbounded(one) or _is_unbounded(other):
        return _digits(one["edtf"], other["edtf"])
    # An evening in Washington is the next morning in Beijing.
    apart = 0 if one["zone"] is not None and one["zone"] == other["zone"] else _A_DAY
    return _after(one, other) <= apart and _after(other, one) <= apart


def _is_unbounded(one: Json) -> bool:
    return one["earliest"] is None and one["latest"] is None


def _after(one: Json, other: Json) -> int:
    """How many days after the end of one date another one begins; none where either is open there."""
    if other["earliest"] is None or one["latest"] is None:
        return 0
    return _number(other["earliest"]) - _number(one["latest"])


def _number(day: str) -> int:
    # Python has no year 0, which is as the year 400, a whole cycle later.
    later = day if day >= "0001" else f"0400{day[4:]}"
    return date.fromisoformat(later).toordinal() - (0 if later == day else _CYCLE)


def _digits(one: str, other: str) -> bool:
    """Whether dates without bounds have the same digits where both are known; any other form may be anything."""
    if not (_PLAIN.fullmatch(one) and _PLAIN.fullmatch(other)):
        return True
    return all(mine in {theirs, "X"} or theirs == "X" for mine, theirs in zip(one, other, strict=False))


def _initiators(one: Json, other: Json, parties: dict[str, str | None]) -> bool:
    if one["kind"] == other["kind"] or "mutual" in {one["kind"], other["kind"]}:
        return False
    participant, party = (one, other) if one["kind"] == "participant" else (other, one)
    return bool(parties.get(participant["participant"]["id"]) == party["party"]["id"])


def _channels(one: str, other: str) -> bool:
    return "unknown" in {one, other}
