"""What a text is understood to say, as proposals that can be recorded."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from operator import itemgetter
from typing import Any

from app.drafts.proposals import MOST_FURTHER, MOST_PEOPLE, MOST_STATEMENTS
from app.drafts.schemas import ReadoutToRead
from app.ingest.draft import Draft
from app.ingest.reading import read_readout
from app.ingest.told import TextRefused, TextTooLong
from app.problems import ContentTooLarge, InvalidRequest

Json = dict[str, Any]
# As much as the fields take into which these go when they are recorded.
_LONGEST = {"evidence": 2000, "attribution": 500, "verb": 100, "printed": 500, "name": 200}
_MOST_QUOTES = 20
_MOST_CAUTIONS = 200


def stored(text: str) -> str:
    """A text as it is stored: in normalisation form C with line feeds as line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def read(given: ReadoutToRead) -> Json:
    """The proposals that a readout's text leads to, each by a lasting id and open to review, with the stored text.

    Raises ContentTooLarge for a text that is not read for its length, and InvalidRequest for any other that is not.
    """
    text = stored(given.text)
    try:
        draft = read_readout(
            text,
            title=given.title,
            publisher=given.publisher,
            language=given.language,
            published_on=given.published_on,
        )
    except TextTooLong as error:
        raise ContentTooLarge(str(error)) from None
    except TextRefused as error:
        pointer = "/text"
        raise InvalidRequest.pointer(pointer, str(error)) from None
    first, *further = [_proposals(one) | {"warnings": _cautions(one)} for one in (draft, *draft.further[:MOST_FURTHER])]
    _number([first, *further])
    if further:
        detail = "The further calls that the text reports have drafts of their own."
        first["warnings"].append({"code": "further-calls", "detail": detail, "evidence": [], "candidates": []})
    return {"text": text, **first, "further": further}


def _number(calls: Sequence[Json]) -> None:
    """Let the statements of all calls have positions in the text, which is one readout."""
    said = [statement for call in calls for statement in call["statements"]]
    for position, statement in enumerate(sorted(said, key=itemgetter("start")), 1):
        statement["position"] = position


def _proposals(draft: Draft) -> Json:
    # Through JSON, so that what is given on is what is told: lists and texts.
    told: Json = json.loads(json.dumps(asdict(replace(draft, further=()))))
    participants = [_participant(person) for person in told["participants"][:MOST_PEOPLE]]
    refs = {person["ref"] for person in participants}
    statements = [one for one in told["statements"] if _can_be_recorded(one, refs)][:MOST_STATEMENTS]
    for place, statement in enumerate(statements, 1):
        statement["id"] = f"statement-{place}"
        statement.update(_reviewed(statement), suggestions=list(_suggestions(statement)))
    claims = [claim for claim in told["claims"] if _claimed(claim) in {None, *refs}]
    for place, claim in enumerate(claims, 1):
        claim.update(_reviewed(claim), id=f"claim-{place}")
    call = told["call"] | {"id": "call", "review": "open", "confidence": None, "evidence": []}
    return {
        "language": told["language"],
        "call": call,
        "participants": participants,
        "statements": statements,
        "claims": claims,
        "topics": sorted({*told["topics"], *_topics(statements)}),
    }


def _cautions(draft: Draft) -> list[Json]:
    """The warnings of a draft, with one of what it leaves out."""
    told: list[Json] = json.loads(json.dumps([asdict(warning) for warning in draft.warnings[:_MOST_CAUTIONS]]))
    refs = {person.ref for person in draft.participants[:MOST_PEOPLE]}
    kept = [one for one in draft.statements if _can_be_recorded(asdict(one), refs)][:MOST_STATEMENTS]
    left_out = len(draft.statements) - len(kept)
    if left_out:
        detail = f"{left_out} statements are left out, as they are longer or more than a call can have."
        told.append({"code": "left-out", "detail": detail, "evidence": []})
    return [{**warning, "evidence": _quotes(warning["evidence"]), "candidates": []} for warning in told]


def _participant(person: Json) -> Json:
    ref, printed = person["ref"], person["name_as_printed"]
    made = {**person, "id": f"participant-{ref}", "name_as_printed": printed[: _LONGEST["printed"]]}
    for name in ("name", "office"):
        if person[name] is not None and len(person[name]) > _LONGEST["name"]:
            made[name] = None
    for name in ("mention", "office_mention"):
        if person[name] is not None and len(person[name]["text"]) > _LONGEST["printed"]:
            made[name] = None
    return made | _reviewed(person)


def _reviewed(proposal: Json) -> Json:
    return {"review": "open", "evidence": _quotes(proposal["evidence"])}


def _quotes(evidence: Sequence[Json]) -> list[Json]:
    return [quote for quote in evidence if len(quote["text"]) <= _LONGEST["evidence"]][:_MOST_QUOTES]


def _can_be_recorded(statement: Json, refs: set[str]) -> bool:
    attribution = statement["attribution"]
    return (
        len(attribution["text"] or "") <= _LONGEST["attribution"]
        and len(attribution["verb"] or "") <= _LONGEST["verb"]
        and {speaker["participant"] for speaker in statement["speakers"]} <= refs
    )


def _claimed(claim: Json) -> str | None:
    value = claim["value"]
    return value.get("participant") if isinstance(value, dict) else None


def _suggestions(statement: Json) -> Iterator[Json]:
    """The acts and topics that words suggest, each once, also those that the reader sets without a word for it."""
    told = {(one["field"], one["value"]): one for one in statement["suggestions"]}
    plain = [("act", statement["act"])] if statement["act"] else []
    for field, value in [*plain, *(("topics", topic) for topic in statement["topics"])]:
        bare = {"field": field, "value": value, "confidence": statement["confidence"], "evidence": []}
        told.setdefault((field, value), bare)
    for (field, value), one in told.items():
        name = f"act-{value}" if field == "act" else f"topic-{value}"
        yield {**one, "id": f"{statement['id']}-{name}", **_reviewed(one)}


def _topics(statements: Iterable[Json]) -> Iterator[str]:
    return (one["value"] for made in statements for one in made["suggestions"] if one["field"] == "topics")
