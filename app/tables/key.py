"""The keys by which clients say who they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, filled
from app.vocabulary import KeyScope, terms

_LISTED = ", ".join(f"'{scope}'" for scope in terms(KeyScope))


class Key(Base):
    """A key that was given out, of which only a hash is kept; two may bear one label, so that one follows the other.

    None is ever removed, since the history names them.
    """

    __tablename__ = "keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    label: Mapped[str] = mapped_column(String(100))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        filled("label"),
        CheckConstraint("octet_length(hash) = 32", name="hash"),
        CheckConstraint(f"cardinality(scopes) >= 1 AND scopes <@ ARRAY[{_LISTED}]", name="scopes"),
        CheckConstraint("expires_at > created_at", name="expires"),
    )
