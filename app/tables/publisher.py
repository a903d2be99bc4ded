"""Publishers: who releases readouts, and for which party."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import (
    CODE_POINT_ORDER,
    Base,
    Record,
    counted,
    filled,
    one_of,
    slugged,
)
from app.vocabulary import PublisherKind


class Publisher(Record, Base):
    """A ministry, a presidency, an agency, and the party it speaks for, if any."""

    __tablename__ = "publishers"

    slug: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))
    kind: Mapped[str] = mapped_column(String(20))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), index=True)
    url: Mapped[str | None] = mapped_column(String(2000))

    __table_args__ = (
        counted(),
        slugged(),
        filled("name"),
        one_of("kind", PublisherKind),
        Index("publishers_name_order_idx", "folded", "id"),
    )
