"""A second reading of what records are counted by, in plain Python over the generated documents."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.vocabulary import Facet
from tests.oracle import OPEN_END, Asked, Document, Oracle, bounds_of, is_variety, shown

Counts = tuple[Counter[str], int]
"""How many records have each value, and how many have none."""

FILTERS: Mapping[str, Mapping[Facet, str]] = {
    "calls": {"leader": "leader", "party": "party", "channel": "channel", "topic": "topic", "publisher": "publisher"},
    "statements": {
        "speaker": "speaker",
        "party": "party",
        "topic": "topic",
        "publisher": "attributed_by",
        "act": "act",
    },
}
"""The facets whose values a filter takes, with that filter."""


class FacetOracle:
    """What each record is counted by."""

    def __init__(self, oracle: Oracle) -> None:
        """Know the readouts and the tree of topics."""
        self.oracle = oracle
        self.readouts = {readout["id"]: readout for readout in oracle.records["readouts"]}
        self.broader = {topic["slug"]: topic["broader"] for topic in oracle.records["topics"]}

    def counts(self, resource: str, asked: Asked, facets: Sequence[Facet]) -> dict[Facet, Counts]:
        """The counts of the records that a question means."""
        found = [record for record in self.oracle.records[resource] if self.oracle.matches(resource, record, asked)]
        counts: dict[Facet, Counts] = {}
        for facet in facets:
            values = [self.values(resource, record, facet, asked) for record in found]
            counts[facet] = Counter(value for one in values for value in one), sum(not one for one in values)
        return counts

    def values(self, resource: str, record: Document, facet: Facet, asked: Asked) -> set[str]:
        """The values that a record has."""
        call = record if resource == "calls" else record["call"]
        statements = call["statements"] if resource == "calls" else [record]
        people = {person["ref"]: person for person in call["participants"]}
        speakers = [people[one["participant"]] for statement in statements for one in statement["speakers"]]
        roles = {"principal", *",".join(asked.get("role", ())).split(",")}
        counted = [person for person in people.values() if person["role"] in roles or "any" in roles]
        readouts = [self.readouts[one] for one in (call["readouts"] if resource == "calls" else [record["readout"]])]
        languages = asked.get("language", ())
        spoken = [one for one in readouts if all(is_variety(one["language"], language) for language in languages)]
        found: dict[Facet, Iterable[Any]] = {
            "year": [_period(bounds_of(call), 4)],
            "month": [_period(bounds_of(call), 7)],
            "channel": [shown(call, "channel")],
            "topic": {above for one in statements for topic in one["topics"] for above in self._above(topic)},
            "act": [statement["act"] for statement in statements],
            "publisher": [shown(readout, "publisher") for readout in spoken],
            "speaker": [person["leader"] for person in speakers],
            "leader": [person["leader"] for person in counted],
            "party": [person["party"] for person in (counted if resource == "calls" else speakers)],
        }
        return {value for value in found[facet] if value is not None}

    def _above(self, topic: str) -> set[str]:
        broader = self.broader[topic]
        return {topic} if broader is None else {topic, *self._above(broader)}


def _period(bounds: tuple[str, str], length: int) -> str | None:
    earliest, latest = (bound[:length] for bound in bounds)
    return earliest if earliest == latest and earliest and earliest != OPEN_END else None


def answered(facet: Document) -> Counts:
    """The same as an answer tells it; of a facet with more values than are told, this is not all."""
    return Counter({one["value"]: one["count"] for one in facet["values"]}), facet["none"]
