"""Drafts: proposed records of texts, kept apart until a person decides, and what each person did to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, filled, one_of
from app.vocabulary import DraftDone, DraftStatus


class Draft(Record, Base):
    """What is proposed to be recorded of one call of a text, as a document, and what it became once it was accepted.

    `number` is which of the calls that the text reports it is of; all of them become one readout.

    No other table refers to it, and it refers to no record by a key of the database: what is only proposed keeps no
    record from being changed or removed.
    """

    __tablename__ = "drafts"

    sha256: Mapped[str] = mapped_column(String(64, collation=CODE_POINT_ORDER))
    number: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(35))
    status: Mapped[str] = mapped_column(String(20), server_default="open")
    document: Mapped[str] = mapped_column(Text)
    publisher_id: Mapped[UUID | None]
    call_id: Mapped[UUID | None]
    readout_id: Mapped[UUID | None]

    __table_args__ = (
        counted(),
        UniqueConstraint("sha256", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="sha256"),
        one_of("status", DraftStatus),
        CheckConstraint("document IS JSON OBJECT", name="document"),
        CheckConstraint(
            "(status = 'accepted') = (call_id IS NOT NULL) AND (status = 'accepted') = (readout_id IS NOT NULL)",
            name="became",
        ),
        # Each version is told, in the transaction that makes it.
        ForeignKeyConstraint(
            ["id", "version"],
            ["draft_revisions.draft_id", "draft_revisions.version"],
            name="drafts_id_fkey",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("drafts_status_idx", "status", "id"),
    )


class DraftRevision(Base):
    """One thing that was done to a draft, by whom, when and why, with the document before it."""

    __tablename__ = "draft_revisions"

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    proposal: Mapped[str | None] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(String(500))
    content_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    document: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        counted(),
        one_of("kind", DraftDone),
        filled("author"),
        filled("note"),
        CheckConstraint("document IS JSON OBJECT", name="document"),
        CheckConstraint(
            "(version = 1) = (kind = 'created') AND (version = 1) = (document IS NULL)"
            " AND (proposal IS NULL OR kind <> 'created')",
            name="begins",
        ),
    )
