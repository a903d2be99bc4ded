"""Redirects: where a record went whose id or slug is no longer its own."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, one_of
from app.vocabulary import RedirectResource

_TARGETS = {
    "calls": "call_id",
    "leaders": "leader_id",
    "participants": "participant_id",
    "publishers": "publisher_id",
    "readouts": "readout_id",
    "topics": "topic_id",
}


class Redirect(Base):
    """An earlier slug, or the id or slug of a record that was merged away, and the record that answers for it now."""

    __tablename__ = "redirects"

    resource: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), primary_key=True)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"))
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("leaders.id"))
    participant_id: Mapped[UUID | None] = mapped_column(ForeignKey("participants.id"))
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"))
    readout_id: Mapped[UUID | None] = mapped_column(ForeignKey("readouts.id"))
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topics.id"))

    __table_args__ = (
        one_of("resource", RedirectResource),
        CheckConstraint(f"num_nonnulls({', '.join(_TARGETS.values())}) = 1", name="one_target"),
        CheckConstraint(
            " OR ".join(f"(resource = '{resource}' AND {column} IS NOT NULL)" for resource, column in _TARGETS.items()),
            name="target_of_resource",
        ),
        *(
            Index(f"redirects_{column}_idx", column, postgresql_where=f"{column} IS NOT NULL")
            for column in _TARGETS.values()
        ),
    )
