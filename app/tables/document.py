"""Ready documents of calls, as lists show them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base


class CallDocument(Base):
    """The JSON of a call as it stands in a list, or null while it is to be made.

    Triggers forget it when anything that it shows changes. `form` tells which composition made it, so that a version of
    the service that shows a call otherwise does not take it for its own.
    """

    __tablename__ = "call_documents"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str | None] = mapped_column(String(32), index=True)
    document: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("(form IS NULL) = (document IS NULL)", name="made"),)
