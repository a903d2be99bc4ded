"""The service to compare with: the same answers over the same tables, as FastAPI's and SQLAlchemy's guides teach it.

ORM classes with relationships, eager loading, Pydantic models that read attributes, one session a request, pages by
offset. Nothing is wrong with it: no query is made in a loop, and every index of ours serves it too.
"""

import calendar
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    Table,
    cast,
    func,
    join,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    """The declarative base."""


class Record:
    """The columns that every record has."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    created_at: Mapped[datetime]
    content_changed_at: Mapped[datetime]


call_readouts = Table(
    "call_readouts",
    Base.metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("readout_id", ForeignKey("readouts.id"), primary_key=True),
)
statement_speakers = Table(
    "statement_speakers",
    Base.metadata,
    Column("statement_id", ForeignKey("statements.id"), primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("position"),
)
statement_topics = Table(
    "statement_topics",
    Base.metadata,
    Column("statement_id", ForeignKey("statements.id"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
)


class Party(Record, Base):
    """A state or organisation."""

    __tablename__ = "parties"

    code: Mapped[str]
    name: Mapped[str]


class Publisher(Record, Base):
    """Who releases readouts."""

    __tablename__ = "publishers"

    slug: Mapped[str]
    name: Mapped[str]


class Topic(Record, Base):
    """A subject term."""

    __tablename__ = "topics"

    slug: Mapped[str]
    name: Mapped[str]
    broader_id: Mapped[UUID | None] = mapped_column(ForeignKey("topics.id"))


class Identifier(Base):
    """A scheme and a value."""

    __tablename__ = "identifiers"

    scheme: Mapped[str] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("leaders.id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"))


class LeaderName(Base):
    """A name of a leader."""

    __tablename__ = "leader_names"

    leader_id: Mapped[UUID] = mapped_column(ForeignKey("leaders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str | None]
    kind: Mapped[str]


class Office(Base):
    """An office that a leader held."""

    __tablename__ = "offices"

    leader_id: Mapped[UUID] = mapped_column(ForeignKey("leaders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    held_from: Mapped[str | None]
    held_to: Mapped[str | None]

    party: Mapped[Party | None] = relationship()


class Leader(Record, Base):
    """A person."""

    __tablename__ = "leaders"

    slug: Mapped[str]
    name: Mapped[str]

    names: Mapped[list[LeaderName]] = relationship(order_by=LeaderName.position)
    offices: Mapped[list[Office]] = relationship(order_by=Office.position)
    identifiers: Mapped[list[Identifier]] = relationship(order_by=(Identifier.scheme, Identifier.folded))


class Participant(Record, Base):
    """A leader's part in a call."""

    __tablename__ = "participants"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    position: Mapped[int]
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("leaders.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    office: Mapped[str | None]
    role: Mapped[str]

    call: Mapped["Call"] = relationship(back_populates="participants")
    leader: Mapped[Leader | None] = relationship()
    party: Mapped[Party | None] = relationship()

    @property
    def initiator(self) -> bool:
        """Whether the call was initiated by this participant or its party."""
        if self.call.initiator_party_id is not None:
            return self.role == "principal" and self.party_id == self.call.initiator_party_id
        return self.id == self.call.initiator_participant_id


class Readout(Record, Base):
    """A released text."""

    __tablename__ = "readouts"

    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"))

    publisher: Mapped[Publisher | None] = relationship()


class Statement(Record, Base):
    """What a readout says that somebody said."""

    __tablename__ = "statements"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    readout_id: Mapped[UUID] = mapped_column(ForeignKey("readouts.id"))
    readout_version: Mapped[int]
    position: Mapped[int]
    paragraph: Mapped[int]
    text: Mapped[str]
    words: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    start: Mapped[int]
    end: Mapped[int]
    mode: Mapped[str]
    speaker_as: Mapped[str]
    act: Mapped[str | None]
    attribution_kind: Mapped[str]
    attribution_verb: Mapped[str | None]
    attribution_text: Mapped[str | None]
    attribution_start: Mapped[int | None]
    attribution_end: Mapped[int | None]

    call: Mapped["Call"] = relationship(back_populates="statements")
    source: Mapped[Readout] = relationship()
    speakers: Mapped[list[Participant]] = relationship(
        secondary=statement_speakers,
        order_by=(statement_speakers.c.position, statement_speakers.c.participant_id),
        viewonly=True,
    )
    topics: Mapped[list[Topic]] = relationship(secondary=statement_topics, order_by=Topic.slug, viewonly=True)

    @property
    def date(self) -> str:
        """The date of the call."""
        return self.call.date_edtf

    @property
    def readout(self) -> dict[str, Any]:
        """The version of the readout that reports it."""
        return {"id": self.readout_id, "version": self.readout_version, "publisher": self.source.publisher}

    @property
    def attribution(self) -> dict[str, Any]:
        """Which words give it to its speakers."""
        return {
            "kind": self.attribution_kind,
            "verb": self.attribution_verb,
            "text": self.attribution_text,
            "start": self.attribution_start,
            "end": self.attribution_end,
        }


class Call(Record, Base):
    """A communication event."""

    __tablename__ = "calls"

    slug: Mapped[str]
    title: Mapped[str]
    channel: Mapped[str]
    duration_seconds: Mapped[int | None]
    date_edtf: Mapped[str]
    date_earliest: Mapped[date]
    date_latest: Mapped[date]
    date_precision: Mapped[str]
    date_zone: Mapped[str | None]
    date_text: Mapped[str | None]
    date_part_of_day: Mapped[str | None]
    date_basis: Mapped[str]
    initiator_kind: Mapped[str | None]
    initiator_participant_id: Mapped[UUID | None]
    initiator_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    initiator_basis: Mapped[str | None]

    participants: Mapped[list[Participant]] = relationship(back_populates="call", order_by=Participant.position)
    statements: Mapped[list[Statement]] = relationship(
        back_populates="call", order_by=(Statement.readout_id, Statement.readout_version, Statement.position)
    )
    identifiers: Mapped[list[Identifier]] = relationship(order_by=(Identifier.scheme, Identifier.folded))
    initiating_party: Mapped[Party | None] = relationship()
    # Sets, since several statements have the same topic and several readouts the same publisher.
    topics: Mapped[set[Topic]] = relationship(
        secondary=lambda: join(Statement, statement_topics),
        primaryjoin=lambda: Call.id == Statement.call_id,
        secondaryjoin=lambda: Topic.id == statement_topics.c.topic_id,
        viewonly=True,
    )
    publishers: Mapped[set[Publisher]] = relationship(
        secondary=lambda: join(Readout, call_readouts),
        primaryjoin=lambda: Call.id == call_readouts.c.call_id,
        secondaryjoin=lambda: Publisher.id == Readout.publisher_id,
        viewonly=True,
    )

    @property
    def date(self) -> dict[str, Any]:
        """The date as far as it is known."""
        return {
            "edtf": self.date_edtf,
            "earliest": self.date_earliest,
            "latest": self.date_latest,
            "precision": self.date_precision,
            "zone": self.date_zone,
            "text": self.date_text,
            "part_of_day": self.date_part_of_day,
            "basis": self.date_basis,
        }

    @property
    def initiator(self) -> dict[str, Any] | None:
        """Who initiated it."""
        if self.initiator_kind is None:
            return None
        initiating = next((part for part in self.participants if part.id == self.initiator_participant_id), None)
        return {
            "kind": self.initiator_kind,
            "participant": initiating,
            "party": self.initiating_party,
            "basis": self.initiator_basis,
        }


Call.readout_count = column_property(
    select(func.count())
    .select_from(call_readouts)
    .where(call_readouts.c.call_id == Call.id)
    .correlate_except(call_readouts)
    .scalar_subquery()
)
Call.statement_count = column_property(
    select(func.count())
    .select_from(Statement)
    .where(Statement.call_id == Call.id)
    .correlate_except(Statement)
    .scalar_subquery()
)


class Out(BaseModel):
    """The base of the response models."""

    model_config = ConfigDict(from_attributes=True)


class RecordOut(Out):
    """What every record shows."""

    id: UUID
    version: int
    created_at: datetime
    content_changed_at: datetime


class Reference(Out):
    """Another record by its slug."""

    id: UUID
    slug: str
    name: str


class CallReference(Out):
    """A call by its slug."""

    id: UUID
    slug: str
    name: Annotated[str, Field(validation_alias="title")]


class PartyReference(Out):
    """A party by its code."""

    id: UUID
    code: str
    name: str


class IdentifierOut(Out):
    """A scheme and a value."""

    scheme: str
    value: str


class NameOut(Out):
    """A name of a leader."""

    name: str
    language: str | None
    kind: str


class OfficeOut(Out):
    """An office held."""

    title: str
    party: PartyReference | None
    held_from: Annotated[str | None, Field(serialization_alias="from")]
    held_to: Annotated[str | None, Field(serialization_alias="to")]


class LeaderOut(RecordOut):
    """A person."""

    slug: str
    name: str
    names: list[NameOut]
    offices: list[OfficeOut]
    identifiers: list[IdentifierOut]


class CallDate(Out):
    """A date as far as it is known."""

    edtf: str
    earliest: date
    latest: date
    precision: str
    zone: str | None
    text: str | None
    part_of_day: str | None
    basis: str


class ParticipantOut(Out):
    """A leader's part in a call."""

    id: UUID
    leader: Reference | None
    party: PartyReference | None
    office: str | None
    role: str
    initiator: bool


class InitiatingParticipant(Out):
    """A participant under its leader's slug and name."""

    id: UUID
    slug: str
    name: str


class InitiatorOut(Out):
    """Who initiated a call."""

    kind: str
    participant: Annotated[InitiatingParticipant | None, BeforeValidator(lambda part: part and _named(part))]
    party: PartyReference | None
    basis: str


class SpeakerOut(Out):
    """A participant who speaks."""

    participant: Annotated[UUID, Field(validation_alias="id")]
    leader: Reference | None
    party: PartyReference | None


class ReadoutReference(Out):
    """The version of a readout."""

    id: UUID
    version: int
    publisher: Reference | None


class Attribution(Out):
    """Which words give a statement to its speakers."""

    kind: str
    verb: str | None
    text: str | None
    start: int | None
    end: int | None


class StatementOut(RecordOut):
    """What a readout says that somebody said."""

    call: CallReference
    date: str
    readout: ReadoutReference
    position: int
    paragraph: int
    speakers: list[SpeakerOut]
    text: str
    start: int
    end: int
    attribution: Attribution
    mode: str
    speaker_as: str
    act: str | None
    topics: list[Reference]


def _named(participant: Participant) -> dict[str, Any]:
    leader = participant.leader
    return {"id": participant.id, "slug": leader and leader.slug, "name": leader and leader.name}


def _by_slug(records: set[Any]) -> list[Any]:
    return sorted(records, key=lambda record: record.slug)


References = Annotated[list[Reference], BeforeValidator(_by_slug)]


class CallOut(RecordOut):
    """A communication event."""

    slug: str
    channel: str
    title: str
    date: CallDate
    duration_seconds: int | None
    initiator: InitiatorOut | None
    participants: list[ParticipantOut]
    topics: References
    publishers: References
    readout_count: int
    statement_count: int
    identifiers: list[IdentifierOut]


class CallWithStatements(CallOut):
    """A communication event with its statements."""

    statements: list[StatementOut]


class CallsOfYear(Out):
    """How many calls were in a year."""

    year: int
    calls: int


class Window(Out):
    """Where a page stands in its list."""

    limit: int
    offset: int


class CallPage(Out):
    """A page of calls."""

    data: list[CallOut]
    page: Window


class StatementPage(Out):
    """A page of statements."""

    data: list[StatementOut]
    page: Window


_IN_CALL = (
    selectinload(Call.participants).options(joinedload(Participant.leader), joinedload(Participant.party)),
    selectinload(Call.topics),
    selectinload(Call.publishers),
    selectinload(Call.identifiers),
    joinedload(Call.initiating_party),
)
_IN_STATEMENT = (
    joinedload(Statement.source).joinedload(Readout.publisher),
    selectinload(Statement.speakers).options(joinedload(Participant.leader), joinedload(Participant.party)),
    selectinload(Statement.topics),
)
_IN_CALL_ITEM = (*_IN_CALL, selectinload(Call.statements).options(*_IN_STATEMENT))
_IN_STATEMENT_LIST = (
    contains_eager(Statement.call).load_only(Call.slug, Call.title, Call.date_edtf),
    *_IN_STATEMENT,
)
_IN_LEADER = (
    selectinload(Leader.names),
    selectinload(Leader.offices).joinedload(Office.party),
    selectinload(Leader.identifiers),
)
_NEWEST_FIRST = (Call.date_earliest.desc(), Call.date_latest.desc(), Call.id.desc())
_READING_ORDER = (*_NEWEST_FIRST, Statement.readout_id, Statement.readout_version, Statement.position)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(
        os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
        pool_size=10,
        max_overflow=0,
    )
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


app = FastAPI(lifespan=_lifespan)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0)]


def _days(text: str) -> tuple[date, date]:
    numbers = [int(part) for part in text.split("-")]
    year, month, day = (*numbers, None, None)[:3]
    assert year is not None
    last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    return date(year, month or 1, day or 1), last


def _took_part(slug: str) -> ColumnElement[bool]:
    return Call.participants.any((Participant.role == "principal") & Participant.leader.has(Leader.slug == slug))


@app.get("/v1/calls")
async def list_calls(  # noqa: PLR0913, PLR0917
    session: Session,
    leader: Annotated[list[str] | None, Query()] = None,
    date: str | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    topic: str | None = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> CallPage:
    """List the calls, the newest first."""
    calls = select(Call)
    for slug in leader or []:
        calls = calls.where(_took_part(slug))
    if date is not None:
        date_from, date_to = _days(date)
    if date_from is not None:
        calls = calls.where(Call.date_latest >= date_from)
    if date_to is not None:
        calls = calls.where(Call.date_earliest <= date_to)
    if topic is not None:
        tree = select(Topic.id).where(Topic.slug == topic).cte(recursive=True)
        tree = tree.union(select(Topic.id).join(tree, Topic.broader_id == tree.c.id))
        about = (
            select(Statement.call_id)
            .join(statement_topics, statement_topics.c.statement_id == Statement.id)
            .where(statement_topics.c.topic_id.in_(select(tree.c.id)))
        )
        calls = calls.where(Call.id.in_(about))
    # The page's ids come first, so that what a call counts is not counted for those that the offset skips.
    page = calls.with_only_columns(Call.id).order_by(*_NEWEST_FIRST).limit(limit).offset(offset).subquery()
    chosen = select(Call).join(page, page.c.id == Call.id).order_by(*_NEWEST_FIRST).options(*_IN_CALL)
    found = (await session.scalars(chosen)).unique().all()
    return CallPage.model_validate({"data": found, "page": {"limit": limit, "offset": offset}})


@app.get("/v1/calls/{call_id}")
async def get_call(session: Session, call_id: UUID) -> CallWithStatements:
    """Get one call with its statements."""
    query = select(Call).where(Call.id == call_id).options(*_IN_CALL_ITEM)
    call = (await session.scalars(query)).unique().one_or_none()
    if call is None:
        raise HTTPException(404)
    return CallWithStatements.model_validate(call)


def _met(q: str) -> Any:
    """All the words, by the stored column and its index; the stems are made as those of the column were."""
    stemmer: ColumnElement[Any] = literal_column("'search_english'::regdictionary")
    stems = [func.quote_literal(func.search_stem("EN", stemmer, word)) for word in q.lower().split()]
    return Statement.words.bool_op("@@")(cast(func.concat_ws(" & ", *stems), TSQUERY))


@app.get("/v1/statements")
async def list_statements(
    session: Session, speaker: str | None = None, q: str | None = None, limit: Limit = 20, offset: Offset = 0
) -> StatementPage:
    """List the statements, those of the newest call first."""
    statements = select(Statement.id).join(Statement.call)
    if q is not None:
        statements = statements.where(_met(q))
    if speaker is not None:
        statements = statements.join(Statement.speakers).join(Participant.leader).where(Leader.slug == speaker)
    page = statements.order_by(*_READING_ORDER).limit(limit).offset(offset).subquery()
    chosen = select(Statement).join(page, page.c.id == Statement.id).join(Statement.call).order_by(*_READING_ORDER)
    found = (await session.scalars(chosen.options(*_IN_STATEMENT_LIST))).unique().all()
    return StatementPage.model_validate({"data": found, "page": {"limit": limit, "offset": offset}})


@app.get("/v1/leaders/{slug}")
async def get_leader(session: Session, slug: str) -> LeaderOut:
    """Get one leader."""
    leader = (await session.scalars(select(Leader).where(Leader.slug == slug).options(*_IN_LEADER))).one_or_none()
    if leader is None:
        raise HTTPException(404)
    return LeaderOut.model_validate(leader)


@app.get("/v1/leaders/{slug}/years")
async def list_years(session: Session, slug: str) -> list[CallsOfYear]:
    """List the years of a leader's calls."""
    year = cast(func.extract("year", Call.date_earliest), Integer).label("year")
    calls = select(year, func.count().label("calls")).select_from(Call).where(_took_part(slug))
    found = (await session.execute(calls.group_by(year).order_by(year))).all()
    return [CallsOfYear.model_validate(row) for row in found]
