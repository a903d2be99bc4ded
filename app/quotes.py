"""Whether words stand in the readouts that they are quoted from, asked of many at once."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from app.calls.schemas import CallBase
from app.pointers import Steps
from app.quoted import Quote, quoted_by
from app.readouts.schemas import ReadoutIn

_WRONG = {
    "version": "the readout has no such version",
    "text": "does not stand in the readout at these offsets",
    "withheld": "cannot be quoted: the text of this version is not recorded",
}
_PROVE = """
    SELECT n, CASE WHEN v.readout_id IS NULL THEN 'version' WHEN v.text IS NULL THEN 'withheld' ELSE 'text' END
    FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[]) WITH ORDINALITY
        AS quoted (readout_id, version, "from", "to", words, n)
    LEFT JOIN readout_versions v USING (readout_id, version)
    WHERE v.text IS NULL OR char_length(v.text) < "to"
        OR substr(v.text, "from" + 1, greatest("to" - "from", 0)) <> words
"""
_Key = tuple[UUID, int, int, int, str]


def quotes_of(document: Any) -> Iterator[Quote]:
    """All that a document quotes."""
    claims = document.claims if isinstance(document, CallBase | ReadoutIn) else ()
    for place, claim in enumerate(claims):
        for number, given in enumerate(claim.evidence):
            if given.readout is not None:
                yield quoted_by(given, ("claims", place, "evidence", number))
    if not isinstance(document, CallBase):
        return
    for place, mention in enumerate(document.mentions):
        steps: Steps = ("mentions", place)
        for member, words in (("name", mention.name), ("office", mention.office)):
            if words is not None:
                told = (words.start, words.end, words.text)
                yield Quote(mention.readout, mention.version, *told, steps, (*steps, member))
    for place, said in enumerate(document.statements):
        steps = ("statements", place)
        yield Quote(said.readout, said.version, said.start, said.end, said.text, steps, steps)
        clause = said.attribution
        if clause.text is not None and clause.start is not None and clause.end is not None:
            told = (clause.start, clause.end, clause.text)
            yield Quote(said.readout, said.version, *told, steps, (*steps, "attribution"))


class Texts:
    """The texts of the readouts of a batch, and what PostgreSQL says of quotations from others."""

    def __init__(self, connection: Any) -> None:
        """Take a connection of the driver's own."""
        self._connection = connection
        self._before: dict[UUID, dict[int, str | None]] = {}
        self._new: dict[UUID, dict[int, str | None]] = {}
        self._wrong: dict[_Key, str] = {}

    async def look_up(self, quotes: Iterable[tuple[UUID, Quote]]) -> None:
        """Ask about quotations from readouts that are recorded already."""
        # Those of the last batch may not be written yet.
        self._before, self._new, self._wrong = self._new, {}, {}
        asked = list(
            dict.fromkeys(
                (readout, quote.version, quote.start, quote.end, quote.text)
                for readout, quote in quotes
                if readout not in self._before
            )
        )
        if asked:
            for number, wrong in await self._connection.fetch(_PROVE, *map(list, zip(*asked, strict=True))):
                self._wrong[asked[number - 1]] = wrong

    def add(self, readout_id: UUID, readout: ReadoutIn) -> None:
        """Take in the texts of a readout of this batch."""
        self._new[readout_id] = {version.version: version.text for version in readout.versions}

    def fault(self, readout_id: UUID, quote: Quote) -> tuple[Steps, str] | None:
        """What is wrong with a quotation from a readout, after the steps to it; None where nothing is."""
        versions = self._new.get(readout_id) or self._before.get(readout_id)
        if versions is None:
            wrong = self._wrong.get((readout_id, quote.version, quote.start, quote.end, quote.text))
        elif quote.version not in versions:
            wrong = "version"
        else:
            text = versions[quote.version]
            wrong = "withheld" if text is None else None if _stands(quote, text) else "text"
        if wrong is None:
            return None
        return (*quote.whole, "version") if wrong == "version" else (*quote.words, "text"), _WRONG[wrong]


def _stands(quote: Quote, text: str) -> bool:
    """Whether a text has the words at their offsets; a slice alone would pass over an end beyond the text's."""
    return quote.end - quote.start == len(quote.text) and text.startswith(quote.text, quote.start)
