"""The accounts of a call: its readouts, each with its translations, and which of these is compared."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


def accounts_of(readouts: Sequence[Json], statements: Sequence[Json]) -> list[Json]:
    """The accounts, each one readout with its translations; of these the one is compared that best can be.

    That is the one in the language that most other accounts are in, and of several the one with most statements, the
    original, and the one that was published first.
    """
    number = defaultdict(int, {readout["id"]: 0 for readout in readouts})
    for one in statements:
        number[one["readout"]["id"]] += 1
    together = _with_translations(readouts)
    languages = [{primary(readout["language"]) for readout in group if number[readout["id"]]} for group in together]

    def rank(group: Sequence[Json], readout: Json) -> tuple[bool, int, int, bool]:
        language = primary(readout["language"])
        shared = sum(
            language in others for others, other in zip(languages, together, strict=True) if other is not group
        )
        count = number[readout["id"]]
        return (count > 0, shared, count, readout["translation_of"] is None)

    accounts = []
    for place, group in enumerate(together, start=1):
        # The first of those that are alike: they come in the order in which they were published.
        compared = max(group, key=lambda readout: rank(group, readout))
        shown = [
            {name: member for name, member in readout.items() if name not in {"publisher", "party"}}
            | {"statement_count": number[readout["id"]]}
            for readout in sorted(group, key=lambda readout: readout is not compared)
        ]
        accounts.append(
            {
                "number": place,
                "publisher": compared["publisher"],
                "party": compared["party"],
                "readout": shown[0],
                "translations": shown[1:],
            }
        )
    return accounts


def _with_translations(readouts: Sequence[Json]) -> list[list[Json]]:
    """The readouts, in the order of the first of each that stand together.

    These are translated one from another, or from one that may not be among them.
    """
    groups: list[list[Json]] = []
    for readout in readouts:
        related = [
            group
            for group in groups
            if any(
                readout["id"] == other["translation_of"]
                or readout["translation_of"] in {other["id"], other["translation_of"] or other["id"]}
                for other in group
            )
        ]
        groups = [group for group in groups if group not in related]
        groups.append([*(other for group in related for other in group), readout])
    places = {readout["id"]: place for place, readout in enumerate(readouts)}
    return sorted(groups, key=lambda group: min(places[readout["id"]] for readout in group))


def primary(language: str) -> str:
    """A language without its variety: `zh` of `zh-Hans`."""
    return language.partition("-")[0]
