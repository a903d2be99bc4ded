"""Dyads: which two leaders, or parties, were principals of one call."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base


class Dyad(Base):
    """An unordered pair of a call's principal leaders, or of their parties, kept by triggers with the call's dates.

    The lesser id comes first. A party also stands with itself in each call in which it has a principal.
    """

    __tablename__ = "dyads"

    first: Mapped[UUID] = mapped_column(primary_key=True)
    second: Mapped[UUID] = mapped_column(primary_key=True)
    call_earliest: Mapped[date] = mapped_column(primary_key=True)
    call_latest: Mapped[date] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            onupdate="CASCADE",
        ),
        Index(None, "call_id"),
    )
