"""Facets: how the records that a list matches are spread over leaders, years, topics and the like."""

from typing import Annotated

from pydantic import Field

from app.fields import Count, Out, PartyReferenceOut, Reference
from app.filters import Included
from app.vocabulary import Facet

MOST_VALUES = 100

FacetFilter = Annotated[
    list[Facet],
    Included,
    Field(
        max_length=9,
        description="What to count all matching records by, into `facets`. Repeat it or separate them by commas.",
        examples=[["leader"]],
    ),
]


class FacetValueOut(Out):
    """One value, and how many of the matching records have it."""

    value: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[A-Za-z0-9-]+$",
            description="A slug, a code, a term, a year or a month: what the filter of the same meaning takes.",
            examples=["xi-jinping"],
        ),
    ]
    record: Annotated[Reference | PartyReferenceOut | None, Field(description="The record that it stands for, if any.")]
    count: Count


class FacetOut(Out):
    """How the matching records are spread over the values of one facet; a record may have several values, or none."""

    values: Annotated[
        list[FacetValueOut],
        Field(max_length=MOST_VALUES, description="The most frequent values, the first 100 at most."),
    ]
    value_count: Annotated[Count | None, Field(description="How many values there are in all.")]
    none: Annotated[Count | None, Field(description="How many of the matching records have no value.")]
    complete: Annotated[
        bool, Field(description="False where counting took too long; then there are no values and no numbers.")
    ]


class FacetsOut(Out):
    """The facets that were asked for."""

    leader: FacetOut | None = None
    party: FacetOut | None = None
    year: FacetOut | None = None
    month: FacetOut | None = None
    channel: FacetOut | None = None
    topic: FacetOut | None = None
    publisher: FacetOut | None = None
    act: FacetOut | None = None
    speaker: FacetOut | None = None


FacetsMember = Annotated[FacetsOut | None, Field(description="With `facet`: what was counted.")]
