"""One statement as a reader finds it, and as a draft has it, in whatever language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from app.ingest.draft import ProposedAttribution, ProposedStatement, Speaker, Suggestion
from app.ingest.told import Told
from app.vocabulary import Mode

if TYPE_CHECKING:
    from app.vocabulary import Act

Person = TypeVar("Person")


@dataclass(frozen=True, slots=True)
class Said(Generic[Person]):
    """One statement by its offsets; `attribution` is null where the voice is carried on, `rests_on` what gives it."""

    people: tuple[Person, ...]
    start: int
    end: int
    paragraph: int
    rests_on: tuple[int, int]
    attribution: tuple[int, int] | None = None
    verb: str | None = None
    act: str | None = None
    side: bool = False
    mode: Mode = "indirect"
    sure: float = 0.9


def proposed(
    told: Told, one: Said[Person], number: int, refs: dict[int, str], suggested: Sequence[Suggestion]
) -> ProposedStatement:
    """The statement with its number and what its words suggest; `refs` are those of its people, by their identity."""
    attribution = ProposedAttribution("inherited")
    if one.attribution is not None:
        start, end = one.attribution
        attribution = ProposedAttribution("explicit", one.verb, told.text[start:end], start, end)
    return ProposedStatement(
        position=number,
        paragraph=one.paragraph,
        speakers=tuple(Speaker(refs[id(person)]) for person in one.people),
        text=told.text[one.start : one.end],
        start=one.start,
        end=one.end,
        attribution=attribution,
        mode=one.mode,
        speaker_as="side" if one.side else "person",
        act=next((cast("Act", suggestion.value) for suggestion in suggested if suggestion.field == "act"), None),
        topics=tuple(suggestion.value for suggestion in suggested if suggestion.field == "topics"),
        confidence=one.sure,
        evidence=(told.quoted(*one.rests_on),),
        suggestions=tuple(suggested),
    )
