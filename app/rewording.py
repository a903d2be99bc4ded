"""Documents that quote an earlier wording of a readout, so that they quote the newest one where it has the words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.anchoring import Anchoring

Json = dict[str, Any]
Span = tuple[int, int, int]
"""A place in a readout: the version, the start and the end."""
MOST_LOOKED_AT = 2_000_000_000
"""How many characters are looked at: those of a text of a million for a thousand quotations, within a second or two."""


@dataclass(frozen=True, slots=True)
class Rewording:
    """The newest wording of a readout, and where the words of earlier ones stand in it."""

    readout: str
    newest: int
    places: Mapping[Span, int]
    """Where words begin there that it has; what is not among them is left where it is."""
    paragraphs: Mapping[Span, int]
    """In which paragraph they begin there, less that in which they began."""
    taken: set[int] = field(default_factory=set)
    """The positions that statements are given in the newest wording."""

    @classmethod
    def of(cls, readout: str, texts: Mapping[int, str | None], spans: Iterable[Span]) -> "Rewording":
        """Look for words in the newest of some wordings; `spans` are their places in earlier ones."""
        newest = max(texts)
        places: dict[Span, int] = {}
        paragraphs: dict[Span, int] = {}
        anchorings: dict[int, Anchoring] = {}
        new, looked = texts[newest], 0
        # In one order, since not all may be looked for.
        for version, start, end in sorted(spans):
            old = texts.get(version)
            if version == newest or old is None or new is None:
                continue
            anchoring = anchorings.get(version) or anchorings.setdefault(version, Anchoring(old, new))
            before = anchoring.looked
            place = (anchoring.kept if looked > MOST_LOOKED_AT else anchoring.find)(start, end)
            looked += anchoring.looked - before
            if place is not None:
                places[version, start, end] = place
                paragraphs[version, start, end] = anchoring.paragraphs_between(start, place)
        return cls(readout, newest, places, paragraphs)

    def reword(self, document: Json) -> Json:
        """The document of a call or readout, quoting the newest wording as far as that is known to have the words."""
        statements = [one for one in document.get("statements", ()) if one["readout"] == self.readout]
        statements.sort(key=lambda one: one["position"])
        moved: list[tuple[Json, int]] = []
        # Of two that come from different wordings the one of the newer keeps its position, and the other stays.
        for one, shift in sorted(self._moving(statements), key=lambda each: -each[0].get("version", 1)):
            if one["position"] not in self.taken:
                self.taken.add(one["position"])
                moved.append((one, shift))
        # In reading order, which may be another one now.
        positions = sorted(one["position"] for one, _ in moved)
        moved.sort(key=lambda each: (each[0]["start"] + each[1], each[0]["position"]))
        for (one, shift), position in zip(moved, positions, strict=True):
            one["paragraph"] = max(one["paragraph"] + self.paragraphs[self._hull(one)], 0)
            one["position"], one["version"] = position, self.newest
            _shift((one, one["attribution"]), shift)
        for one in document.get("mentions", ()):
            if one["readout"] == self.readout:
                self._move(one, [one["name"], *([one["office"]] if "office" in one else [])])
        for claim in document.get("claims", ()):
            for one in claim.get("evidence", ()):
                if one.get("readout") == self.readout:
                    self._move(one, [one])
        return document

    def _moving(self, statements: Iterable[Json]) -> Iterator[tuple[Json, int]]:
        """The statements whose words and attributions stand in the newest wording, and by how much they are moved.

        One that goes on in the voice of an earlier sentence needs its attribution, too, before its own words.
        """
        begins: int | None = 0
        for one in statements:
            clause = one["attribution"]
            if clause["kind"] == "explicit":
                begins = self._place(one, clause)
            hull = self._hull(one)
            place = self.places.get(hull)
            if hull[0] == self.newest or place is None or begins is None:
                continue
            if clause["kind"] == "explicit" or begins <= place:
                yield one, place - hull[1]

    def _hull(self, statement: Json) -> Span:
        """All of a statement, from where its words or its attribution begin to where both have ended."""
        clause = statement["attribution"]
        spans = [statement] if clause["kind"] != "explicit" else [statement, clause]
        starts, ends = ([one[name] for one in spans] for name in ("start", "end"))
        return statement.get("version", 1), min(starts), max(ends)

    def _place(self, one: Json, words: Json) -> int | None:
        """Where words of a part of a document begin in the newest wording."""
        version = one.get("version", 1)
        place: int | None = words["start"]
        return place if version == self.newest else self.places.get((version, words["start"], words["end"]))

    def _move(self, one: Json, quoted: list[Json]) -> None:
        """Let a part quote the newest wording, if it has all the words."""
        places = [self._place(one, words) for words in quoted]
        if None not in places:
            for words, place in zip(quoted, places, strict=True):
                assert place is not None
                _shift([words], place - words["start"])
            one["version"] = self.newest


def _shift(places: Iterable[Json], shift: int) -> None:
    for one in places:
        if one.get("start") is not None:
            one["start"] += shift
            one["end"] += shift
