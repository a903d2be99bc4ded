"""Dyads: which two leaders or parties a call brought together, which triggers keep."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base


class Dyad(Base):
    """Two principals of a call, by their leaders or by their parties, the lesser id first; each also with itself.

    The call's bounds stand here too, so that one index gives the calls of one or of two in their order; the foreign key
    keeps them equal to the call's.
    """

    __tablename__ = "dyads"

    first_id: Mapped[UUID] = mapped_column(primary_key=True)
    second_id: Mapped[UUID] = mapped_column(primary_key=True)
    call_earliest: Mapped[date] = mapped_column(primary_key=True)
    call_latest: Mapped[date] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        CheckConstraint("first_id <= second_id", name="in_order"),
        ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        Index(None, "call_id"),
    )
