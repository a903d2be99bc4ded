"""The history of the records: who wrote what when, what the records were before, and which are gone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, filled, one_of
from app.vocabulary import ChangeKind, ResourceName

_REVISION = ("record_id", "version", "resource")


def _of_a_change() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(_REVISION, [f"changes.{column}" for column in _REVISION])


def _of_call(read: str, column: str) -> Computed:
    """A column of the call among a snapshot's rows."""
    return Computed(read.format(f"(((rows -> 'calls'::text) -> 0) ->> '{column}'::text)"), persisted=True)


class Writing(Base):
    """One transaction that changed records, with who wrote and why.

    Its id is taken once what it changes is locked, so that of two that change one record the later has the larger.
    After it was committed its changes are numbered: the first one is `first`, and `size` says how many there are.
    """

    __tablename__ = "writings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    author: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(server_default="0")
    first: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    numbered_at: Mapped[datetime | None]

    __table_args__ = (
        filled("author"),
        filled("note"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("first >= 1", name="first"),
        CheckConstraint("(first IS NULL) = (numbered_at IS NULL) AND (first IS NULL OR size > 0)", name="numbered"),
        Index("writings_unnumbered_idx", "id", postgresql_where="first IS NULL"),
        Index("writings_numbered_idx", "numbered_at", "id", postgresql_where="first IS NOT NULL"),
    )


class Change(Base):
    """One new version of one record. A participant's and a statement's lies within its call."""

    __tablename__ = "changes"

    writing_id: Mapped[int] = mapped_column(ForeignKey("writings.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    resource: Mapped[str] = mapped_column(String(20, collation=CODE_POINT_ORDER))
    record_id: Mapped[UUID]
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    content_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    within_id: Mapped[UUID | None]
    into_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("ordinal >= 1", name="ordinal"),
        CheckConstraint("version >= 1", name="version"),
        one_of("resource", ResourceName),
        one_of("kind", ChangeKind),
        CheckConstraint("(within_id IS NOT NULL) = (resource IN ('participants', 'statements'))", name="within"),
        CheckConstraint("(into_id IS NOT NULL) = (kind = 'merged')", name="into"),
        UniqueConstraint(*_REVISION),
    )


class Snapshot(Base):
    """What a record was in a version that another one followed, as the document of the line that tells it whole.

    Its rows are what answers for the past are made from; by the terms and a call's bounds in them it is found.
    """

    __tablename__ = "snapshots"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    resource: Mapped[str] = mapped_column(String(20, collation=CODE_POINT_ORDER), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    rows: Mapped[Any] = mapped_column(JSONB, nullable=False)
    terms: Mapped[list[str] | None] = mapped_column(ARRAY(Text), Computed("snapshot_terms(rows)", persisted=True))
    call_earliest: Mapped[date | None] = mapped_column(_of_call("snapshot_day({})", "date_earliest"))
    call_latest: Mapped[date | None] = mapped_column(_of_call("snapshot_day({})", "date_latest"))
    call_edtf: Mapped[str | None] = mapped_column(Text, _of_call("{}", "date_edtf"))

    __table_args__ = (
        CheckConstraint("document IS JSON OBJECT", name="document"),
        _of_a_change(),
        Index("snapshots_terms_idx", "terms", postgresql_using="gin"),
        Index(
            "snapshots_dates_idx",
            "call_earliest",
            "call_latest",
            "record_id",
            postgresql_where="call_earliest IS NOT NULL",
        ),
    )


class Tombstone(Base):
    """A key that a removed record had, and the version with which the record was removed."""

    __tablename__ = "tombstones"

    resource: Mapped[str] = mapped_column(String(20, collation=CODE_POINT_ORDER), primary_key=True)
    key: Mapped[str] = mapped_column(String(200, collation=CODE_POINT_ORDER), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]

    __table_args__ = (_of_a_change(),)
