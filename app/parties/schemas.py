"""The shapes of parties."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.asked import FoldedName
from app.fields import Code, Identifiers, In, Name, Out, PageOut, RecordOut
from app.filters import IdentifierFilter, ItemFilters, NameSort, PageFilters
from app.vocabulary import PartyKind

Aliases = Annotated[list[Name], Field(max_length=100, description="Other codes and names accepted for the party.")]


class PartyOut(RecordOut):
    """A state or organisation on whose behalf people take part."""

    code: Code
    name: Name
    kind: PartyKind
    aliases: Aliases
    identifiers: Identifiers


class PartyPage(Out):
    """A page of parties."""

    data: Annotated[list[PartyOut], Field(max_length=200)]
    page: PageOut


class PartyIn(In):
    """A party to record."""

    id: UUID | None = None
    code: Code
    name: Name
    kind: PartyKind
    aliases: Aliases = []
    identifiers: Identifiers = []


PartyIdentifier = Annotated[IdentifierFilter, Field(examples=["wikidata:Q159"])]


class PartyFilters(PageFilters):
    """What can be asked of the parties."""

    name: Annotated[FoldedName | None, Field(description="The whole name or an alias.", examples=["Russia"])] = None
    kind: Annotated[PartyKind | None, Field(description="The kind of party.", examples=["state"])] = None
    identifier: PartyIdentifier = None
    sort: NameSort = "name"


class PartyItem(ItemFilters):
    """What can be asked of one party."""

    identifier: PartyIdentifier = None
