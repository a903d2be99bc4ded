"""The rows that calls are stored as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.calls.schemas import CallBase
from app.claims.rows import SHOWN_BY_CALLS, add_claims, value_of
from app.claims.schemas import CallClaimIn
from app.copying import Row, Rows, Sheet
from app.entries import Entry
from app.ids import new_id
from app.known import Known
from app.names import folded
from app.participants.schemas import MentionIn, ParticipantIn
from app.statements.schemas import StatementIn
from app.tables import Call, CallReadout, Mention, Participant, Statement, StatementSpeaker, StatementTopic

CALLS = Sheet(Call, ("id", "slug", "title", *SHOWN_BY_CALLS, "date_basis", "initiator_basis"))
PARTICIPANTS = Sheet(
    Participant,
    (
        "id",
        "call_id",
        "call_earliest",
        "call_latest",
        "position",
        "leader_id",
        "party_id",
        "office",
        "office_folded",
        "role",
    ),
)
CALL_READOUTS = Sheet(CallReadout, ("call_id", "readout_id"))
MENTIONS = Sheet(
    Mention,
    (
        "call_id",
        "readout_id",
        "readout_version",
        "position",
        "participant_id",
        "name_text",
        "name_start",
        "name_end",
        "office_text",
        "office_start",
        "office_end",
    ),
)
STATEMENTS = Sheet(
    Statement,
    (
        "id",
        "call_id",
        "readout_id",
        "readout_version",
        "position",
        "paragraph",
        "language",
        "text",
        "start",
        "end",
        "mode",
        "speaker_as",
        "act",
        "attribution_kind",
        "attribution_verb",
        "attribution_verb_folded",
        "attribution_text",
        "attribution_start",
        "attribution_end",
    ),
)
SPEAKERS = Sheet(StatementSpeaker, ("statement_id", "participant_id", "call_id", "position"))
STATEMENT_TOPICS = Sheet(StatementTopic, ("statement_id", "topic_id"))
_NOTHING: Row = (None,) * len(SHOWN_BY_CALLS)


def readouts_of(call: CallBase) -> list[UUID]:
    """The ids that a call's document gives to its readouts, whether it embeds them or not."""
    given: list[Any] = getattr(call, "readouts", [])
    return [readout if isinstance(readout, UUID) else readout.id for readout in given]


def _shown(claims: Sequence[tuple[CallClaimIn, str, Row]]) -> Row:
    """What a call shows: the values of its preferred claims, and on what basis it has its date and its initiator."""
    shown, bases = _NOTHING, {}
    for claim, name, value in claims:
        if claim.preferred:
            shown = [new if new is not None else old for old, new in zip(shown, value[:-1], strict=True)]
            bases[name] = claim.basis
    return (*shown, bases.get("date"), bases.get("initiator"))


@dataclass(slots=True)
class CallRows:
    """The rows of one call, added to others."""

    rows: Rows
    call_id: UUID
    entry: Entry
    known: Known
    parts: dict[str | None, UUID | None] = field(default_factory=lambda: {None: None})

    def add(self) -> Mapping[str | None, UUID | None]:
        """Add them, and give the ids of the call's participants."""
        call = self.entry.document
        assert isinstance(call, CallBase)
        self.parts.update({person.ref: person.id or new_id() for person in call.participants})
        claims = [
            (claim, claim.field, value_of(claim, place, self.parts, self.entry, self.known))
            for place, claim in enumerate(call.all_claims())
        ]
        add_claims(self.rows, claims, self.entry, self.known, call_id=self.call_id)
        shown = _shown(claims)
        self.rows.add(CALLS, (self.call_id, call.slug, call.title, *shown))
        for place, person in enumerate(call.participants):
            self._add_participant(person, place, shown[1:3])
        for readout in readouts_of(call):
            # One that is not there is for the database to refuse.
            self.rows.add(CALL_READOUTS, (self.call_id, self.known.find("readout", readout) or readout))
        for position, mention in enumerate(call.mentions, start=1):
            self._add_mention(mention, position)
        for place, statement in enumerate(call.statements):
            self._add_statement(statement, place)
        return self.parts

    def _add_participant(self, person: ParticipantIn, place: int, bounds: Row) -> None:
        leader = self.known.refer(self.entry, "leader", person.leader, "participants", place, "leader")
        party = self.known.refer(self.entry, "party", person.party, "participants", place, "party")
        office = person.office and folded(person.office)
        whose = (self.parts[person.ref], self.call_id, *bounds, place + 1)
        self.rows.add(PARTICIPANTS, (*whose, leader, party, person.office, office, person.role))

    def _add_mention(self, mention: MentionIn, position: int) -> None:
        readout = self.known.find("readout", mention.readout) or mention.readout
        name, office = mention.name, mention.office
        titled = (None, None, None) if office is None else (office.text, office.start, office.end)
        whose = (self.call_id, readout, mention.version, position, self.parts[mention.participant])
        self.rows.add(MENTIONS, (*whose, name.text, name.start, name.end, *titled))

    def _add_statement(self, statement: StatementIn, place: int) -> None:
        statement_id = statement.id or new_id()
        readout = self.known.refer(self.entry, "readout", statement.readout, "statements", place, "readout")
        attribution = statement.attribution
        verb = attribution.verb
        self.rows.add(
            STATEMENTS,
            (
                statement_id,
                self.call_id,
                readout,
                statement.version,
                statement.position,
                statement.paragraph,
                self.known.languages.get(readout),
                statement.text,
                statement.start,
                statement.end,
                statement.mode,
                statement.speaker_as,
                statement.act,
                attribution.kind,
                verb,
                verb and folded(verb),
                attribution.text,
                attribution.start,
                attribution.end,
            ),
        )
        for position, speaker in enumerate(statement.speakers, start=1):
            self.rows.add(SPEAKERS, (statement_id, self.parts[speaker.participant], self.call_id, position))
        for number, topic in enumerate(statement.topics):
            topic_id = self.known.refer(self.entry, "topic", topic, "statements", place, "topics", number)
            self.rows.add(STATEMENT_TOPICS, (statement_id, topic_id))
