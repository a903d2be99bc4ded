"""Statements: attributed utterances, each about one call in one version of one readout."""

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
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, Record, counted, one_of, words_index
from app.vocabulary import Act, AttributionKind, Mode, SpeakerAs


class Statement(Record, Base):
    """According to a readout's publisher, these speakers said this.

    Triggers hold the text and the attribution to the readout's words at their offsets, and that somebody speaks. The
    language is the readout's, which a foreign key holds, and `words` is what the text is found by.
    """

    __tablename__ = "statements"

    call_id: Mapped[UUID]
    readout_id: Mapped[UUID]
    readout_version: Mapped[int]
    position: Mapped[int]
    paragraph: Mapped[int]
    language: Mapped[str] = mapped_column(String(35))
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(TSVECTOR, Computed("search_words((language)::text, text)", persisted=True))
    start: Mapped[int]
    end: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    speaker_as: Mapped[str] = mapped_column(String(20))
    act: Mapped[str | None] = mapped_column(String(20))
    attribution_kind: Mapped[str] = mapped_column(String(20))
    attribution_verb: Mapped[str | None] = mapped_column(String(100))
    attribution_verb_folded: Mapped[str | None] = mapped_column(Text(collation=CODE_POINT_ORDER))
    attribution_text: Mapped[str | None] = mapped_column(String(500))
    attribution_start: Mapped[int | None]
    attribution_end: Mapped[int | None]

    __table_args__ = (
        counted(),
        one_of("mode", Mode),
        one_of("speaker_as", SpeakerAs),
        one_of("act", Act),
        one_of("attribution_kind", AttributionKind),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("paragraph >= 0", name="paragraph"),
        CheckConstraint('0 <= start AND start < "end"', name="offsets"),
        CheckConstraint(
            "num_nonnulls(attribution_text, attribution_start, attribution_end)"
            " = CASE attribution_kind WHEN 'explicit' THEN 3 ELSE 0 END"
            " AND (attribution_kind = 'explicit' OR attribution_verb IS NULL)"
            " AND (attribution_start IS NULL OR (0 <= attribution_start AND attribution_start < attribution_end))",
            name="attribution",
        ),
        ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["call_id", "readout_id"],
            ["call_readouts.call_id", "call_readouts.readout_id"],
            deferrable=True,
            initially="IMMEDIATE",
        ),
        ForeignKeyConstraint(
            ["readout_id", "language"],
            ["readouts.id", "readouts.language"],
            name="statements_readout_language_fkey",
            onupdate="CASCADE",
        ),
        UniqueConstraint("id", "call_id"),
        UniqueConstraint("readout_id", "readout_version", "position", deferrable=True, initially="IMMEDIATE"),
        Index("statements_reading_order_idx", "call_id", "readout_id", "readout_version", "position"),
        words_index("statements_words_idx"),
        Index(None, "act"),
        Index(None, "attribution_verb_folded"),
    )


class StatementSpeaker(Base):
    """One speaker of a statement, a participant of the statement's own call."""

    __tablename__ = "statement_speakers"

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID]
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        ForeignKeyConstraint(
            ["statement_id", "call_id"],
            ["statements.id", "statements.call_id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            deferrable=True,
            initially="IMMEDIATE",
        ),
        Index(None, "participant_id", "statement_id"),
    )


class StatementTopic(Base):
    """A subject of a statement."""

    __tablename__ = "statement_topics"

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topics.id"), primary_key=True)

    __table_args__ = (Index(None, "topic_id", "statement_id"),)
