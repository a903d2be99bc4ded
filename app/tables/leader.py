"""Leaders: people, the names they are recorded under and the offices they held."""

from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
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
from app.vocabulary import NameKind

_DATE = r"~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$'"


class Leader(Record, Base):
    """A person. The name shown is always the recorded name of kind `preferred`, which a foreign key holds."""

    __tablename__ = "leaders"

    slug: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))
    name_kind: Mapped[str] = mapped_column(String(20), Computed("'preferred'", persisted=True))

    __table_args__ = (
        counted(),
        slugged(),
        ForeignKeyConstraint(
            ["id", "name", "name_kind"],
            ["leader_names.leader_id", "leader_names.name", "leader_names.kind"],
            name="leaders_preferred_name_fkey",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("leaders_name_order_idx", "folded", "id"),
    )


class LeaderName(Base):
    """One name of a leader, whole, in one script."""

    __tablename__ = "leader_names"

    leader_id: Mapped[UUID] = mapped_column(ForeignKey("leaders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))
    language: Mapped[str | None] = mapped_column(String(35))
    kind: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        filled("name"),
        one_of("kind", NameKind),
        CheckConstraint("position >= 1", name="position"),
        UniqueConstraint("leader_id", "name", "kind"),
        Index("leader_names_one_preferred_key", "leader_id", unique=True, postgresql_where="kind = 'preferred'"),
        Index(None, "folded", "leader_id"),
    )


class Office(Base):
    """An office a leader held, from and to a date of any precision; null is an open end."""

    __tablename__ = "offices"

    leader_id: Mapped[UUID] = mapped_column(ForeignKey("leaders.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), index=True)
    held_from: Mapped[str | None] = mapped_column(String(10))
    held_to: Mapped[str | None] = mapped_column(String(10))

    __table_args__ = (
        filled("title"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(f"held_from {_DATE}", name="held_from"),
        CheckConstraint(f"held_to {_DATE} AND held_to NOT LIKE '9999%'", name="held_to"),
        CheckConstraint("left(held_from, length(held_to)) <= left(held_to, length(held_from))", name="held_in_order"),
    )
