"""Calls, and the values that their preferred claims give them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, filled, one_of, slugged
from app.vocabulary import Basis, Channel, InitiatorKind, PartOfDay, Precision


class Call(Record, Base):
    """One communication event.

    Date, channel, duration and initiator are those of the call's preferred claims; triggers keep them equal. A bound
    that is open is `infinity`; a date with no bounds at all is `-infinity` on both sides, so that it sorts below all
    others and lies in no span.
    """

    __tablename__ = "calls"

    slug: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    date_edtf: Mapped[str] = mapped_column(String(100))
    date_earliest: Mapped[date]
    date_latest: Mapped[date]
    date_precision: Mapped[str] = mapped_column(String(20))
    date_zone: Mapped[str | None] = mapped_column(String(64))
    date_text: Mapped[str | None] = mapped_column(String(300))
    date_part_of_day: Mapped[str | None] = mapped_column(String(20))
    date_basis: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    duration_seconds: Mapped[int | None]
    initiator_kind: Mapped[str | None] = mapped_column(String(20))
    initiator_participant_id: Mapped[UUID | None]
    initiator_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), index=True)
    initiator_basis: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        counted(),
        slugged(),
        filled("title"),
        one_of("date_precision", Precision),
        one_of("date_part_of_day", PartOfDay),
        one_of("date_basis", Basis),
        one_of("channel", Channel),
        one_of("initiator_kind", InitiatorKind),
        one_of("initiator_basis", Basis),
        CheckConstraint("date_earliest <= date_latest", name="date_in_order"),
        UniqueConstraint("id", "date_earliest", "date_latest"),
        ForeignKeyConstraint(
            ["initiator_participant_id", "id"],
            ["participants.id", "participants.call_id"],
            name="calls_initiator_participant_id_fkey",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("calls_date_order_idx", "date_earliest", "date_latest", "id"),
        Index("calls_date_latest_idx", "date_latest"),
        Index(
            "calls_of_several_days_idx",
            "date_earliest",
            "date_latest",
            "id",
            postgresql_where="date_earliest < date_latest",
        ),
        Index("calls_initiator_participant_id_idx", "initiator_participant_id"),
    )


class CallReadout(Base):
    """That a readout reports a call: a readout may report several, and a call has several readouts."""

    __tablename__ = "call_readouts"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    readout_id: Mapped[UUID] = mapped_column(ForeignKey("readouts.id"), primary_key=True, index=True)
