"""Identifiers that others gave to our records."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, filled

_OWNERS = ("leader_id", "party_id", "call_id", "readout_id", "publisher_id", "topic_id")


class Identifier(Base):
    """A scheme and a value, unique in its scheme, on exactly one record."""

    __tablename__ = "identifiers"

    scheme: Mapped[str] = mapped_column(String(40, collation=CODE_POINT_ORDER), primary_key=True)
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("leaders.id", ondelete="CASCADE"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id", ondelete="CASCADE"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    readout_id: Mapped[UUID | None] = mapped_column(ForeignKey("readouts.id", ondelete="CASCADE"))
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id", ondelete="CASCADE"))
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))

    __table_args__ = (
        filled("value"),
        CheckConstraint("scheme ~ '^[a-z][a-z0-9_-]*$'", name="scheme"),
        CheckConstraint(f"num_nonnulls({', '.join(_OWNERS)}) = 1", name="one_owner"),
        *(Index(f"identifiers_{owner}_idx", owner, postgresql_where=f"{owner} IS NOT NULL") for owner in _OWNERS),
    )
