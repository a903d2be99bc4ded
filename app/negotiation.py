"""What a client would have: the media types and content codings it accepts, with their weights (RFC 9110, 12.4.2)."""

import re
from collections.abc import Iterator
from functools import lru_cache

CODINGS = ("zstd", "br", "gzip")
IDENTITY = "identity"

_WEIGHT = re.compile(r"0?\.[0-9]+|0\.?|1(?:\.0*)?")
_RANGE = re.compile(r"\*/\*|[!#-'+\-.0-9^-z|~]+/(?:\*|[!#-'+\-.0-9^-z|~]+)")
# Every text that is answered is UTF-8, so that asking for it says nothing more.
_SAYS_NOTHING = frozenset({"charset=utf-8", 'charset="utf-8"'})
# Every sheet begins with the names of its columns (RFC 7111).
_SAYS_NOTHING_OF_SHEETS = _SAYS_NOTHING | {"header=present", 'header="present"'}
# What is not mentioned is acceptable, but less than anything that is; a weight has three digits.
_LEAST = 0.0001


@lru_cache(maxsize=256)
def media_type(accept: str, offered: tuple[str, ...], by_name: tuple[str, ...] = ()) -> str | None:
    """The one of the offered media types that a client likes best, or None where it takes none of them.

    The most specific range that matches a type decides on it (RFC 9110, 12.5.1). Of types liked alike, the first is
    given. A range or weight that cannot be read is passed over, and a field that holds nothing else is disregarded.
    What is offered `by_name` is not meant by `*`.
    """
    ranges = [member for member in _members(accept) if _RANGE.fullmatch(member[0])]
    wanted = {offer: _wanted(offer, ranges) for offer in offered}
    wanted |= {offer: _wanted(offer, ranges) for offer in by_name if any(name == offer for name, _, _ in ranges)}
    best = max(wanted, key=wanted.__getitem__)
    return best if wanted[best] > 0 else None


def _wanted(offer: str, ranges: list[tuple[str, list[str], float]]) -> float:
    if not ranges:
        return 1.0
    matching = ("*/*", f"{offer.partition('/')[0]}/*", offer)
    says_nothing = _SAYS_NOTHING_OF_SHEETS if offer == "text/csv" else _SAYS_NOTHING
    ranked = [
        (matching.index(name), len(parameters), weight)
        for name, parameters, weight in ranges
        if name in matching and says_nothing.issuperset(parameters)
    ]
    return max(ranked, default=(0, 0, 0.0))[2]


@lru_cache(maxsize=256)
def codings(accept_encoding: str | None) -> tuple[str, ...]:
    """The content codings that a client takes, `identity` among them, the one to use first (RFC 9110, 12.5.3).

    Without the field it takes any, but is better served without one.
    """
    if accept_encoding is None:
        return (IDENTITY, *CODINGS)
    weights: dict[str, float] = {}
    for name, _, weight in _members(accept_encoding):
        coding = name.removeprefix("x-")
        weights[coding] = max(weight, weights.get(coding, 0.0))
    others = weights.get("*")
    taken = {coding: weights.get(coding, others or 0.0) for coding in CODINGS}
    taken[IDENTITY] = weights.get(IDENTITY, _LEAST if others is None else others)
    return tuple(sorted((coding for coding in taken if taken[coding] > 0), key=lambda coding: -taken[coding]))


def _members(field: str) -> Iterator[tuple[str, list[str], float]]:
    """Each member of a list with its parameters and weight."""
    for member in field.lower().split(","):
        name, *parameters = (part.strip(" \t") for part in member.split(";"))
        weights = [part[2:] for part in parameters if part.startswith("q=")]
        if all(map(_WEIGHT.fullmatch, weights)):
            others = [part for part in parameters if part and not part.startswith("q=")]
            yield name, others, min(map(float, weights), default=1.0)
