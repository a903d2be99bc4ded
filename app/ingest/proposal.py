"""A draft as the document of a call that `telcon import` and `POST /v1/calls` take."""

from dataclasses import asdict
from typing import Any

from app.ingest.draft import Draft, ProposedClaim, ProposedParticipant, ProposedStatement, Quoted


def call_document(draft: Draft, readout: str, version: int = 1) -> dict[str, Any]:
    """The call of a draft, whose readout has an id; confidences, suggestions and warnings stay behind.

    A call needs somebody who took part, so a draft without participants makes no document that is taken. Parties and
    topics are named by codes and slugs, and have to be recorded before.
    """
    where = {"readout": readout, "version": version}
    return {
        "slug": draft.call.slug,
        "title": draft.call.title,
        "participants": [_participant(person) for person in draft.participants],
        "readouts": [readout],
        "mentions": [
            {
                "participant": person.ref,
                **where,
                "name": asdict(person.mention),
                "office": asdict(person.office_mention) if person.office_mention else None,
            }
            for person in draft.participants
            if person.mention is not None
        ],
        "statements": [_statement(statement, where) for statement in draft.statements],
        "claims": [_claim(claim, where) for claim in draft.claims],
    }


def _participant(person: ProposedParticipant) -> dict[str, Any]:
    members = {"ref": person.ref, "role": person.role}
    optional = {"leader": person.leader, "party": person.party, "office": person.office}
    return {**members, **{name: value for name, value in optional.items() if value is not None}}


def _statement(statement: ProposedStatement, where: dict[str, Any]) -> dict[str, Any]:
    return {
        **where,
        "position": statement.position,
        "paragraph": statement.paragraph,
        "speakers": [asdict(speaker) for speaker in statement.speakers],
        "text": statement.text,
        "start": statement.start,
        "end": statement.end,
        "attribution": asdict(statement.attribution),
        "mode": statement.mode,
        "speaker_as": statement.speaker_as,
        "act": statement.act,
        "topics": list(statement.topics),
    }


def _claim(claim: ProposedClaim, where: dict[str, Any]) -> dict[str, Any]:
    value = claim.value if isinstance(claim.value, str | int) else asdict(claim.value)
    return {
        "field": claim.field,
        "value": value,
        "basis": claim.basis,
        "preferred": claim.preferred,
        "note": claim.note,
        "evidence": [_evidence(words, where) for words in claim.evidence],
    }


def _evidence(words: Quoted, where: dict[str, Any]) -> dict[str, Any]:
    return {**where, **asdict(words)}
