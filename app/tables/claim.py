"""Claims: sourced values for the fields on which sources differ, with their evidence."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, Record, counted, filled, one_of
from app.vocabulary import (
    Basis,
    Channel,
    ClaimField,
    InitiatorKind,
    PartOfDay,
    Precision,
)


class Claim(Record, Base):
    """One value for one field of a call or a readout.

    A field has at most one preferred claim, and what the call or readout shows is that claim's value. Claims are
    written before what they speak of, so their foreign keys are checked at the end of the transaction.
    """

    __tablename__ = "claims"

    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id", deferrable=True, initially="DEFERRED"))
    readout_id: Mapped[UUID | None] = mapped_column(ForeignKey("readouts.id", deferrable=True, initially="DEFERRED"))
    position: Mapped[int]
    field: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(20))
    preferred: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(2000))
    date_edtf: Mapped[str | None] = mapped_column(String(100))
    date_earliest: Mapped[date | None]
    date_latest: Mapped[date | None]
    date_precision: Mapped[str | None] = mapped_column(String(20))
    date_zone: Mapped[str | None] = mapped_column(String(64))
    date_text: Mapped[str | None] = mapped_column(String(300))
    date_part_of_day: Mapped[str | None] = mapped_column(String(20))
    channel: Mapped[str | None] = mapped_column(String(20))
    duration_seconds: Mapped[int | None]
    initiator_kind: Mapped[str | None] = mapped_column(String(20))
    initiator_participant_id: Mapped[UUID | None]
    initiator_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), index=True)
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"), index=True)

    __table_args__ = (
        counted(),
        one_of("field", ClaimField),
        one_of("basis", Basis),
        one_of("date_precision", Precision),
        one_of("date_part_of_day", PartOfDay),
        one_of("channel", Channel),
        one_of("initiator_kind", InitiatorKind),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(
            "(field = 'publisher' AND call_id IS NULL AND readout_id IS NOT NULL)"
            " OR (field <> 'publisher' AND call_id IS NOT NULL AND readout_id IS NULL)",
            name="subject",
        ),
        CheckConstraint(
            "(field = 'date') = (date_edtf IS NOT NULL)"
            " AND num_nonnulls(date_edtf, date_earliest, date_latest, date_precision) IN (0, 4)"
            " AND (field = 'date' OR num_nonnulls(date_zone, date_text, date_part_of_day) = 0)"
            " AND (field = 'channel') = (channel IS NOT NULL)"
            " AND (field = 'duration') = (duration_seconds IS NOT NULL)"
            " AND (field = 'initiator') = (initiator_kind IS NOT NULL)"
            " AND (field = 'publisher') = (publisher_id IS NOT NULL)",
            name="value_of_field",
        ),
        CheckConstraint("date_earliest <= date_latest", name="date_in_order"),
        CheckConstraint(
            "(date_earliest = '-infinity' OR date_earliest BETWEEN DATE '0001-01-01 BC' AND DATE '9999-12-31')"
            " AND (date_latest IN ('-infinity', 'infinity')"
            " OR date_latest BETWEEN DATE '0001-01-01 BC' AND DATE '9999-12-31')",
            name="date_bounds",
        ),
        CheckConstraint("duration_seconds BETWEEN 0 AND 604800", name="duration"),
        CheckConstraint(
            "(initiator_participant_id IS NOT NULL) = (initiator_kind IS NOT DISTINCT FROM 'participant')"
            " AND (initiator_party_id IS NOT NULL) = (initiator_kind IS NOT DISTINCT FROM 'party')",
            name="initiator",
        ),
        ForeignKeyConstraint(
            ["initiator_participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        # Not unique indexes, so that one UPDATE can prefer another claim: these are checked when it ends.
        ExcludeConstraint(
            ("call_id", "="),
            ("field", "="),
            using="btree",
            where=text("preferred"),
            name="claims_call_id_field_preferred_excl",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        ExcludeConstraint(
            ("readout_id", "="),
            ("field", "="),
            using="btree",
            where=text("preferred"),
            name="claims_readout_id_field_preferred_excl",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        UniqueConstraint("call_id", "position", deferrable=True, initially="IMMEDIATE"),
        UniqueConstraint("readout_id", "position", deferrable=True, initially="IMMEDIATE"),
        Index("claims_initiator_participant_id_idx", "initiator_participant_id"),
    )


class Evidence(Base):
    """What a claim rests on: words of a readout by their offsets, or a cited source."""

    __tablename__ = "evidence"

    claim_id: Mapped[UUID] = mapped_column(
        ForeignKey("claims.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    readout_id: Mapped[UUID | None]
    readout_version: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(String(2000))
    start: Mapped[int | None]
    end: Mapped[int | None]
    source: Mapped[str | None] = mapped_column(String(1000))
    url: Mapped[str | None] = mapped_column(String(2000))

    __table_args__ = (
        filled("source"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(
            'num_nonnulls(readout_id, readout_version, text, start, "end") = CASE WHEN source IS NULL THEN 5 ELSE 0 END'
            " AND (url IS NULL OR source IS NOT NULL)"
            ' AND (start IS NULL OR (0 <= start AND start < "end"))',
            name="readout_or_source",
        ),
        ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            ondelete="RESTRICT",
        ),
        Index(None, "readout_id", "readout_version"),
    )
