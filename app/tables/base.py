"""What every table shares: the metadata with its naming convention, the columns of a record, and checked terms."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, MetaData, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.vocabulary import terms

CODE_POINT_ORDER = "C"


class Base(DeclarativeBase):
    """The declarative base of all tables."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class Record:
    """The columns of everything that has an address of its own in the API."""

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7())
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    content_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


def one_of(column: str, vocabulary: object) -> CheckConstraint:
    """A check that a column holds one of a vocabulary's terms (text with a check can be extended without a lock)."""
    listed = ", ".join(f"'{term}'" for term in terms(vocabulary))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def counted() -> CheckConstraint:
    """A check that a record's version counts from one."""
    return CheckConstraint("version >= 1", name="version")


def slugged() -> CheckConstraint:
    """A check that a slug is lower-case words joined by hyphens, and that it never looks like an id or a code."""
    return CheckConstraint(
        "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'", name="slug"
    )


def filled(column: str) -> CheckConstraint:
    """A check that a text is not empty and not only white space."""
    return CheckConstraint(f"{column} ~ '\\S'", name=column)


def words_index(name: str) -> Index:
    """The index that finds `words`, without a list of what is not put in yet, which every search would read too."""
    return Index(name, "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"})
