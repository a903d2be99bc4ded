"""The review of a draft's document: how a person's decision or correction changes it, and what is wrong in it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import TypeAdapter

from app.bodies import as_document
from app.drafts.proposals import DraftDocument
from app.pointers import Steps, pointer
from app.problems import InvalidRequest, NotFound
from app.vocabulary import Review

Json = dict[str, Any]
_DOCUMENT = TypeAdapter(DraftDocument)
_ALONE = ("readout", "publisher", "call")
_LISTS = ("parties", "leaders", "participants", "claims", "statements")
_SETTLED = "is set by accepting, correcting and rejecting"


def proposals_of(document: Json) -> Iterator[tuple[Steps, Json]]:
    """Every proposal of a document with the steps to it; a statement's suggestions come after it."""
    for name in _ALONE:
        if document.get(name) is not None:
            yield (name,), document[name]
    for name in _LISTS:
        for place, proposal in enumerate(document[name]):
            yield (name, place), proposal
            for number, suggestion in enumerate(proposal.get("suggestions", ())):
                yield (name, place, "suggestions", number), suggestion


def whole(given: Json) -> Json:
    """A document with every member written out; raises InvalidRequest with the pointer to each fault of its shape."""
    content = json.dumps(given, ensure_ascii=False).encode()
    read: Json = json.loads(as_document(_DOCUMENT, content).model_dump_json())
    return read


def corrected(before: Json, given: Json, text: str) -> Json:
    """A document that a person gives in place of another; what is other in it is a correction, and so accepted.

    Raises InvalidRequest with the pointer to each fault, also where a review is given that is not the one that it had.
    """
    document = whole(given)
    _refuse(faults_in(document, text))
    known = {proposal["id"]: proposal for _, proposal in proposals_of(before)}
    faults = []
    for steps, proposal in proposals_of(document):
        former = known.get(proposal["id"])
        if proposal["review"] != (former["review"] if former else "open"):
            faults.append(((*steps, "review"), _SETTLED))
        if former is None or _told(former) != _told(proposal):
            proposal["review"] = "corrected"
    _refuse(faults)
    for statement in document["statements"]:
        if statement["act"] != known.get(statement["id"], {}).get("act"):
            _supersede(statement)
    return document


def _supersede(statement: Json) -> None:
    """Let an act that a person gives take the place of another that was suggested and accepted."""
    for suggestion in statement["suggestions"]:
        accepted = suggestion["field"] == "act" and suggestion["review"] == "accepted"
        if accepted and statement["act"] not in {None, suggestion["value"]}:
            suggestion["review"] = "rejected"


def replaced(document: Json, proposal_id: str, change: Callable[[Json], Any]) -> Json:
    """A document in which a change makes one proposal another; raises NotFound where there is no such proposal."""
    document = json.loads(json.dumps(document))
    steps, proposal = _find(document, proposal_id)
    within: Any = document
    for step in steps[:-1]:
        within = within[step]
    given = change(proposal)
    if isinstance(given, dict) and given.get("id") != proposal_id:
        raise InvalidRequest.pointer(pointer((*steps, "id")), "is not changed")
    within[steps[-1]] = given
    return document


def decided(document: Json, proposal_id: str, review: Review) -> Json:
    """A document of which one proposal is accepted, a statement with its suggestions, or rejected.

    A statement that a person has given an act is accepted without the one suggested. Raises NotFound where there is no
    such proposal.
    """
    document = json.loads(json.dumps(document))
    _, proposal = _find(document, proposal_id)
    proposal["review"] = review
    if review == "accepted":
        _accept_suggestions(proposal)
    return document


def suggestions_taken(document: Json) -> Json:
    """A document of which every suggestion that is open is accepted, but those for statements that were rejected."""
    document = json.loads(json.dumps(document))
    for statement in document["statements"]:
        if statement["review"] != "rejected":
            _accept_suggestions(statement)
    return document


def _accept_suggestions(proposal: Json) -> None:
    """Accept what is suggested for a proposal and open; no act where a person has given one, or accepted another."""
    suggested = proposal.get("suggestions", ())
    settled = {"accepted", "corrected"}
    acted = proposal.get("act") or any(one["field"] == "act" and one["review"] in settled for one in suggested)
    for suggestion in suggested:
        if suggestion["review"] == "open" and not (suggestion["field"] == "act" and acted):
            suggestion["review"] = "accepted"


def _find(document: Json, proposal_id: str) -> tuple[Steps, Json]:
    for steps, proposal in proposals_of(document):
        if proposal["id"] == proposal_id:
            return steps, proposal
    message = f"The draft has no proposal {proposal_id}."
    raise NotFound(message)


def taken_whole(document: Json) -> Json:
    """A document that is accepted as a whole: what was still open is so, but for what is only suggested."""
    document = json.loads(json.dumps(document))
    for steps, proposal in proposals_of(document):
        if proposal["review"] == "open" and "suggestions" not in steps:
            proposal["review"] = "accepted"
    return document


def faults_in(document: Json, text: str) -> list[tuple[Steps, str]]:
    """What does not hold together in a document of a text: the steps to each fault, and what is wrong there."""
    ids = Counter(proposal["id"] for _, proposal in proposals_of(document))
    refs = Counter(person["ref"] for person in document["participants"])
    faults: list[tuple[Steps, str]] = [
        ((*steps, "id"), "is that of another proposal, too")
        for steps, proposal in proposals_of(document)
        if ids[proposal["id"]] > 1
    ]
    faults += [
        (("participants", place, "ref"), "is that of another participant, too")
        for place, person in enumerate(document["participants"])
        if refs[person["ref"]] > 1
    ]
    faults += [(steps, "names no participant of the draft") for steps, ref in _named(document) if ref not in refs]
    return faults + [
        ((*steps, "text"), "is not what the text has at these offsets")
        for steps, quote in _quotes(document)
        if text[quote["start"] : quote["end"]] != quote["text"]
    ]


def _named(document: Json) -> Iterator[tuple[Steps, str]]:
    """The participants that are named, with the steps to each."""
    for place, statement in enumerate(document["statements"]):
        for number, speaker in enumerate(statement["speakers"]):
            yield ("statements", place, "speakers", number, "participant"), speaker["participant"]
    for place, claim in enumerate(document["claims"]):
        if claim["field"] == "initiator" and claim["value"]["participant"] is not None:
            yield ("claims", place, "value", "participant"), claim["value"]["participant"]


def _quotes(document: Json) -> Iterator[tuple[Steps, Json]]:
    """Whatever is quoted from the text, with the steps to it."""
    for steps, proposal in proposals_of(document):
        for number, quote in enumerate(proposal["evidence"]):
            yield (*steps, "evidence", number), quote
    for place, person in enumerate(document["participants"]):
        for name in ("mention", "office_mention"):
            if person[name] is not None:
                yield ("participants", place, name), person[name]
    for place, statement in enumerate(document["statements"]):
        yield ("statements", place), statement
        if statement["attribution"]["text"] is not None:
            yield ("statements", place, "attribution"), statement["attribution"]


def _told(proposal: Json) -> Json:
    """A proposal without its review, and without the proposals in it, which are compared by themselves."""
    return {name: member for name, member in proposal.items() if name not in {"review", "suggestions"}}


def _refuse(faults: list[tuple[Steps, str]]) -> None:
    if faults:
        raise InvalidRequest([{"pointer": pointer(steps), "detail": detail} for steps, detail in faults])
