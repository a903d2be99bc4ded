"""The rows that calls are stored as."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.calls.schemas import CallIn
from app.claims.rows import claim_row, claim_values, evidence_rows, shown_by_call
from app.names import fold
from app.recording import Row
from app.statements.schemas import StatementIn

Ids = Mapping[str | None, UUID | None]


@dataclass(slots=True)
class CallRows:
    """The rows of many calls, table by table.

    The mappings give the ids of the records that calls refer to, and the languages of their readouts.
    """

    leaders: Ids
    parties: Ids
    topics: Ids
    languages: Mapping[UUID, str]
    new_ids: Iterator[UUID]
    claims: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    participants: list[Row] = field(default_factory=list)
    call_readouts: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)
    speakers: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    statement_topics: list[Row] = field(default_factory=list)

    def add(self, call_id: UUID, call: CallIn) -> None:
        """Add the rows of one call."""
        parts: dict[str | None, UUID | None] = {None: None}
        parts.update({person.ref: person.id or next(self.new_ids) for person in call.participants})
        shown = self._add_claims(call_id, call, parts)
        for position, person in enumerate(call.participants, start=1):
            self.participants.append(
                {
                    "id": parts[person.ref],
                    "call_id": call_id,
                    "call_earliest": shown["date_earliest"],
                    "call_latest": shown["date_latest"],
                    "position": position,
                    "leader_id": self.leaders[person.leader],
                    "party_id": self.parties[person.party],
                    "office": person.office,
                    "office_folded": person.office and fold(person.office),
                    "role": person.role,
                }
            )
        self.call_readouts += [{"call_id": call_id, "readout_id": readout} for readout in call.readouts]
        for position, mention in enumerate(call.mentions, start=1):
            office = mention.office
            self.mentions.append(
                {
                    "readout_id": mention.readout,
                    "readout_version": mention.version,
                    "position": position,
                    "call_id": call_id,
                    "participant_id": parts[mention.participant],
                    "name_text": mention.name.text,
                    "name_start": mention.name.start,
                    "name_end": mention.name.end,
                    "office_text": office and office.text,
                    "office_start": office and office.start,
                    "office_end": office and office.end,
                }
            )
        for statement in call.statements:
            self._add_statement(call_id, statement, parts)

    def _add_claims(self, call_id: UUID, call: CallIn, parts: Ids) -> Row:
        valued = [
            (claim, claim_values(claim, participants=parts, parties=self.parties, publishers={}))
            for claim in call.all_claims()
        ]
        for position, (claim, values) in enumerate(valued, start=1):
            claim_id = claim.id or next(self.new_ids)
            self.claims.append(claim_row(claim_id, position, claim, claim.field, values, call_id=call_id))
            self.evidence += evidence_rows(claim_id, claim)
        shown = shown_by_call(valued)
        self.calls.append({"id": call_id, "slug": call.slug, "title": call.title, **shown})
        return shown

    def _add_statement(self, call_id: UUID, statement: StatementIn, parts: Ids) -> None:
        statement_id = statement.id or next(self.new_ids)
        attribution = statement.attribution
        self.statements.append(
            {
                "id": statement_id,
                "call_id": call_id,
                "readout_id": statement.readout,
                "readout_version": statement.version,
                "position": statement.position,
                "paragraph": statement.paragraph,
                "language": self.languages[statement.readout],
                "text": statement.text,
                "start": statement.start,
                "end": statement.end,
                "mode": statement.mode,
                "speaker_as": statement.speaker_as,
                "act": statement.act,
                "attribution_kind": attribution.kind,
                "attribution_verb": attribution.verb,
                "attribution_verb_folded": attribution.verb and fold(attribution.verb),
                "attribution_text": attribution.text,
                "attribution_start": attribution.start,
                "attribution_end": attribution.end,
            }
        )
        self.speakers += [
            {
                "statement_id": statement_id,
                "participant_id": parts[speaker.participant],
                "call_id": call_id,
                "position": position,
            }
            for position, speaker in enumerate(statement.speakers, start=1)
        ]
        self.statement_topics += [
            {"statement_id": statement_id, "topic_id": self.topics[topic]} for topic in statement.topics
        ]
