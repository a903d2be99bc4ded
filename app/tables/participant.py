"""Participants: one leader's part in one call, and how readouts print it."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, filled, one_of
from app.vocabulary import Role


class Participant(Record, Base):
    """Who took part, on whose behalf, in which office held then; the leader is null while unidentified.

    The call's bounds stand here too, so that one index gives a leader's calls in their order; the foreign key keeps
    them equal to the call's.
    """

    __tablename__ = "participants"

    call_id: Mapped[UUID]
    call_earliest: Mapped[date]
    call_latest: Mapped[date]
    position: Mapped[int]
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("leaders.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    office: Mapped[str | None] = mapped_column(String(200))
    office_folded: Mapped[str | None] = mapped_column(Text(collation=CODE_POINT_ORDER))
    role: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        counted(),
        one_of("role", Role),
        filled("office"),
        CheckConstraint("position >= 1", name="position"),
        UniqueConstraint("call_id", "position", deferrable=True, initially="IMMEDIATE"),
        ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("id", "call_id"),
        UniqueConstraint("leader_id", "call_id"),
        Index("participants_leader_order_idx", "leader_id", "call_earliest", "call_latest", "call_id"),
        Index(None, "party_id", "call_id"),
        Index(None, "office_folded", "call_id"),
    )


class Mention(Base):
    """How one version of one readout prints a participant, with offsets that a trigger holds to the text."""

    __tablename__ = "mentions"

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    readout_id: Mapped[UUID] = mapped_column(primary_key=True)
    readout_version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID]
    name_text: Mapped[str] = mapped_column(String(500))
    name_start: Mapped[int]
    name_end: Mapped[int]
    office_text: Mapped[str | None] = mapped_column(String(500))
    office_start: Mapped[int | None]
    office_end: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("0 <= name_start AND name_start < name_end", name="name_offsets"),
        CheckConstraint(
            "num_nonnulls(office_text, office_start, office_end) IN (0, 3)"
            " AND (office_start IS NULL OR (0 <= office_start AND office_start < office_end))",
            name="office_offsets",
        ),
        ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["call_id", "readout_id"],
            ["call_readouts.call_id", "call_readouts.readout_id"],
            deferrable=True,
            initially="IMMEDIATE",
        ),
        ForeignKeyConstraint(
            ["participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            deferrable=True,
            initially="IMMEDIATE",
        ),
        Index(None, "participant_id"),
        Index(None, "readout_id", "readout_version"),
    )
