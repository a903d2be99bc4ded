"""What facets are counted by: the counts of each value, what each counted call adds to them, and what is to do."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base


class FacetValue(Base):
    """A value of a facet under a short number: a term, a year, a month, or a record's id; empty stands for none."""

    __tablename__ = "facet_values"

    id: Mapped[int] = mapped_column(Identity(maxvalue=4_194_303))
    facet: Mapped[str] = mapped_column(String(20, collation=CODE_POINT_ORDER))
    value: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER))

    # Both ways by the index alone: a question looks up as many as it is answered with.
    __table_args__ = (
        PrimaryKeyConstraint("id", postgresql_include=["facet", "value"]),
        UniqueConstraint("facet", "value", postgresql_include=["id"]),
    )


class FacetCount(Base):
    """How many counted calls, and how many statements of them, have a value: of all, or in the scope of one leader.

    The scope of all is 0, that of a leader the id of the leader's value. A leader's calls are those with the leader as
    principal, a leader's statements those that the leader speaks.
    """

    __tablename__ = "facet_counts"

    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    calls: Mapped[int]
    statements: Mapped[int]


class CountedCall(Base):
    """What a call adds to the counts, so that it can be taken back when the call changes.

    Each of `counts` packs a scope, a value, and how many there are; the first ones, as many as `of_everything` says,
    are those of the scope of all records.
    """

    __tablename__ = "counted_calls"

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_everything: Mapped[int]
    counts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class UncountedCall(Base):
    """That a transaction changed a call since it was counted; rows are only added, so that no writer waits."""

    __tablename__ = "uncounted_calls"

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    writer: Mapped[int] = mapped_column(BigInteger, primary_key=True)
