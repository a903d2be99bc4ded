"""The shapes of statements."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.asked import FoldedName, LeaderReference
from app.facets import FacetFilter, FacetsMember
from app.fields import (
    EdtfText,
    Highlights,
    In,
    Key,
    Offset,
    Out,
    PageOut,
    Paragraph,
    PartyReferenceOut,
    Position,
    RecordOut,
    Ref,
    Reference,
    ShortName,
    Title,
    Words,
)
from app.filters import (
    NONE_GIVEN,
    PAGES_OF_THE_PAST,
    AsOf,
    CallFilter,
    IdentifierFilter,
    LanguageFilter,
    PartyFilter,
    PublisherFilter,
    SearchedFilters,
    TopicFilter,
)
from app.search import SearchFilter
from app.vocabulary import Act, AttributionKind, Mode, SpeakerAs

Speakers = Annotated[
    list[LeaderReference],
    Field(
        max_length=10,
        description="Who speaks, by id, Wikidata QID, slug or any recorded name; a joint statement is each speaker's. "
        "Repeat it for statements that all of them make together.",
        examples=[["vladimir-putin"]],
    ),
]


class SpeakerOut(Out):
    """A participant who speaks, as leader of a party."""

    participant: UUID
    leader: Reference | None
    party: PartyReferenceOut | None


class ReportedBy(Out):
    """The version of the readout that reports a statement, and who published it."""

    id: UUID
    version: Position
    publisher: Reference | None


class Attribution(Out):
    """Which words give the statement to its speakers; all but the kind are null where an earlier sentence does."""

    kind: AttributionKind
    verb: Annotated[ShortName | None, Field(examples=["pointed out"])] = None
    text: Title | None = None
    start: Offset | None = None
    end: Offset | None = None


class StatementOut(RecordOut):
    """According to the readout, the speakers said the text: `readout.text[start:end] == text`."""

    call: Reference
    date: EdtfText
    readout: ReportedBy
    position: Position
    paragraph: Paragraph
    speakers: Annotated[list[SpeakerOut], Field(min_length=1, max_length=100)]
    text: Words
    start: Offset
    end: Offset
    attribution: Attribution
    mode: Mode
    speaker_as: SpeakerAs
    act: Act | None
    topics: Annotated[list[Reference], Field(max_length=100)]
    highlights: Highlights = None


class StatementPage(Out):
    """A page of statements."""

    data: Annotated[list[StatementOut], Field(max_length=200)]
    page: PageOut
    facets: FacetsMember = None


class SpeakerIn(In):
    """A participant of the call by its `ref`."""

    participant: Ref


class StatementIn(In):
    """A statement of a call to record."""

    id: UUID | None = None
    readout: UUID
    version: Position = 1
    position: Position
    paragraph: Paragraph
    speakers: Annotated[list[SpeakerIn], Field(min_length=1, max_length=100)]
    text: Words
    start: Offset
    end: Offset
    attribution: Attribution
    mode: Mode = "indirect"
    speaker_as: SpeakerAs = "person"
    act: Act | None = None
    topics: Annotated[list[Key], Field(max_length=100)] = []


class WholeStatement(StatementIn):
    """A statement by itself, with its call, which does not change; its speakers are participants by their ids."""

    call: Key


class StatementsOfCall(SearchedFilters):
    """What can be asked of the statements of one call."""

    of_the_past: ClassVar[frozenset[str]] = PAGES_OF_THE_PAST | {"speaker", "party", "call"}

    speaker: Speakers = NONE_GIVEN
    attributed_by: PublisherFilter = None
    counterpart: Annotated[
        LeaderReference | None,
        Field(description="A principal of the call to whom somebody else speaks.", examples=["xi-jinping"]),
    ] = None
    party: Annotated[PartyFilter, Field(description="The party of a speaker, by id, code or alias.")] = None
    topic: TopicFilter = None
    act: Annotated[Act | None, Field(description="What the statement does.", examples=["praise"])] = None
    mode: Annotated[Mode | None, Field(description="Reported, quoted, or only summed up.", examples=["indirect"])] = (
        None
    )
    verb: Annotated[FoldedName | None, Field(description="The verb of the attribution.", examples=["said"])] = None
    wording: Annotated[
        Literal["newest", "earlier"] | None,
        Field(
            description="Whether it quotes the newest wording of its readout, or an earlier one, since its words are "
            "not in the newest or may be in several places of it.",
            examples=["newest"],
        ),
    ] = None
    language: LanguageFilter = None
    q: SearchFilter = None
    identifier: IdentifierFilter = None
    facet: FacetFilter = NONE_GIVEN
    as_of: AsOf = None


class StatementFilters(StatementsOfCall):
    """What can be asked of the statements."""

    call: CallFilter = None
