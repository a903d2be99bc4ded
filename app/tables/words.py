"""What calls and readouts are found by: the words of their titles and texts, which triggers keep."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, words_index


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
