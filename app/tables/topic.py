"""Topics: the controlled subject terms, each with its broader term."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, filled, slugged


class Topic(Record, Base):
    """A subject term. Broader terms never form a circle, which a trigger holds."""

    __tablename__ = "topics"

    slug: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))
    definition: Mapped[str | None] = mapped_column(String(1000))
    broader_id: Mapped[UUID | None] = mapped_column(ForeignKey("topics.id"), index=True)

    __table_args__ = (
        counted(),
        slugged(),
        filled("name"),
        CheckConstraint("broader_id <> id", name="broader"),
        Index("topics_name_order_idx", "folded", "id"),
    )
