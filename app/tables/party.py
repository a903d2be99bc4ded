"""Parties: the states and organisations on whose behalf people take part."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, filled, one_of
from app.vocabulary import PartyKind


class Party(Record, Base):
    """A state, former state or organisation, under a code of ours that never changes."""

    __tablename__ = "parties"

    code: Mapped[str] = mapped_column(String(16, collation=CODE_POINT_ORDER), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))
    kind: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        counted(),
        filled("name"),
        one_of("kind", PartyKind),
        CheckConstraint("code ~ '^[A-Z][A-Z0-9-]*$'", name="code"),
        Index("parties_name_order_idx", "folded", "id"),
    )


class PartyAlias(Base):
    """Another code or name under which a party is accepted on input, such as `SU` for `SUHH`."""

    __tablename__ = "party_aliases"

    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER), primary_key=True)
    alias: Mapped[str] = mapped_column(String(200))
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id", ondelete="CASCADE"), index=True)

    __table_args__ = (filled("alias"),)
