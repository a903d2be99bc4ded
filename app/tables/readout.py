"""Readouts: released texts, their descriptions, and their versions word for word."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, Record, counted, filled, one_of
from app.vocabulary import ReadoutKind, Translation

TEXT_MOST = 1_000_000


class Readout(Record, Base):
    """One released text about one or more calls; its publisher is that of its preferred claim."""

    __tablename__ = "readouts"

    kind: Mapped[str] = mapped_column(String(20))
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"), index=True)
    publisher_basis: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(35), index=True)
    title: Mapped[str] = mapped_column(String(500))
    url: Mapped[str | None] = mapped_column(String(2000))
    archived_url: Mapped[str | None] = mapped_column(String(2000))
    published_on: Mapped[date | None] = mapped_column()
    retrieved_at: Mapped[datetime | None]
    rights: Mapped[str | None] = mapped_column(String(1000))
    licence: Mapped[str | None] = mapped_column(String(200))
    original_language: Mapped[str | None] = mapped_column(String(35))
    translation: Mapped[str] = mapped_column(String(20))
    translation_of: Mapped[UUID | None] = mapped_column(ForeignKey("readouts.id"), index=True)

    __table_args__ = (
        counted(),
        filled("title"),
        one_of("kind", ReadoutKind),
        one_of("translation", Translation),
        CheckConstraint("translation_of <> id", name="translation_of"),
        UniqueConstraint("id", "language"),
        CheckConstraint("published_on BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'", name="published_on"),
        CheckConstraint(
            "retrieved_at >= TIMESTAMPTZ '0001-01-02 00:00:00Z' AND retrieved_at < TIMESTAMPTZ '9999-12-31 00:00:00Z'",
            name="retrieved_at",
        ),
        Index("readouts_published_order_idx", text("COALESCE(published_on, '-infinity'::date)"), "id"),
    )


class ReadoutVersion(Base):
    """One wording of a readout, with the SHA-256 of the stored text and of the bytes it was taken from.

    The text is in Unicode normalisation form C with line feeds as line ends, and otherwise as published. It may be
    absent where rights forbid it; then nothing can be quoted from it.
    """

    __tablename__ = "readout_versions"

    readout_id: Mapped[UUID] = mapped_column(ForeignKey("readouts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {TEXT_MOST}", name="text_length"),
        CheckConstraint("text IS NFC NORMALIZED AND strpos(text, E'\\r') = 0", name="text_form"),
        CheckConstraint("sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
        CheckConstraint("source_sha256 ~ '^[0-9a-f]{64}$'", name="source_sha256_form"),
    )
