"""The answers to requests that brought a key, so that one sent again is answered alike and has no second effect."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base


class KeptAnswer(Base):
    """What a principal's request with a key was answered.

    The row is inserted by the transaction of the write, which completes it: nobody else ever sees one without status.
    """

    __tablename__ = "kept_answers"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255, collation=CODE_POINT_ORDER), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (
        CheckConstraint("key ~ '^[ -~]+$'", name="key"),
        CheckConstraint("length(fingerprint) = 32", name="fingerprint"),
        CheckConstraint("status BETWEEN 200 AND 499", name="status"),
        CheckConstraint("headers IS JSON OBJECT", name="headers"),
        CheckConstraint("num_nulls(status, headers, body) IN (0, 3)", name="whole"),
    )
