"""The head of the change feed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, func, true
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base


class Feed(Base):
    """How far changes are numbered and up to when, in which epoch, and to which database that epoch belongs."""

    __tablename__ = "feed"

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    epoch: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    head: Mapped[int] = mapped_column(BigInteger, server_default="0")
    head_at: Mapped[datetime] = mapped_column(server_default=func.now())
    home: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("single", name="single"), CheckConstraint("head >= 0", name="head"))
