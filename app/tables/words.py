"""What calls and readouts are found by: the words of their titles and texts, which triggers keep; and common words."""

from uuid import UUID

from sqlalchemy import REAL, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import CODE_POINT_ORDER, Base, words_index


class CallWords(Base):
    """The words of a call: of its title, and of the titles and newest texts of its readouts."""

    __tablename__ = "call_words"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR)

    __table_args__ = (words_index("call_words_words_idx"),)


class ReadoutWords(Base):
    """The words of a readout: of its title and its newest text."""

    __tablename__ = "readout_words"

    readout_id: Mapped[UUID] = mapped_column(ForeignKey("readouts.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR)

    __table_args__ = (words_index("readout_words_words_idx"),)


class WordShare(Base):
    """Which share of the statements, calls or readouts has a common word, as PostgreSQL last estimated it.

    By it a search is told beforehand whether many records will meet it; nothing that is answered depends on it.
    """

    __tablename__ = "word_shares"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    lexeme: Mapped[str] = mapped_column(Text(collation=CODE_POINT_ORDER), primary_key=True)
    share: Mapped[float] = mapped_column(REAL)

    __table_args__ = (
        CheckConstraint("kind IN ('call', 'readout', 'statement')", name="kind"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
    )
