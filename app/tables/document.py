"""Ready documents of calls, as lists show them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base


class CallDocument(Base):
    """The JSON of a call and of its statements, or null while they are to be made.

    Triggers forget them when anything that they show changes. Whoever reads a call that has none makes them for the
    answer, by the same functions of the database.
    """

    __tablename__ = "call_documents"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str | None] = mapped_column(Text)
    statements: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("(document IS NULL) = (statements IS NULL)", name="made"),
        Index("call_documents_wanting_idx", "call_id", postgresql_where="document IS NULL"),
    )
