"""What was said, as a draft has it."""

from app.ingest.draft import (
    ProposedAttribution,
    ProposedStatement,
    Speaker,
)
from app.ingest.english.matters import suggestions
from app.ingest.english.voices import Spoken
from app.ingest.told import Told

_LONGEST_ATTRIBUTION = 500
_LONGEST_VERB = 100


def statements(told: Told, found: list[Spoken], refs: dict[int, str]) -> list[ProposedStatement]:
    """The statements, with what their words suggest."""
    statements: list[ProposedStatement] = []
    for one in found:
        attribution = _attribution(told, one)
        if attribution is None:
            continue
        suggested = suggestions(told, one)
        act = next((suggestion.value for suggestion in suggested if suggestion.field == "act"), None)
        statements.append(
            ProposedStatement(
                position=len(statements) + 1,
                paragraph=one.paragraph,
                speakers=tuple(Speaker(refs[id(person)]) for person in one.people),
                text=told.text[one.start : one.end],
                start=one.start,
                end=one.end,
                attribution=attribution,
                mode=one.mode,
                speaker_as="side" if one.side else "person",
                act=act,  # type: ignore[arg-type]
                topics=tuple(suggestion.value for suggestion in suggested if suggestion.field == "topics"),
                confidence=one.sure,
                evidence=(told.quoted(*one.rests_on),),
                suggestions=tuple(suggested),
            )
        )
    return statements


def _attribution(told: Told, one: Spoken) -> ProposedAttribution | None:
    """How a statement is attributed; none where the words for it are too long to be ones."""
    if one.attribution is None:
        return ProposedAttribution("inherited")
    start, end = one.attribution
    if end - start > _LONGEST_ATTRIBUTION:
        return None
    verb = (one.verb_words or "")[:_LONGEST_VERB] or None
    return ProposedAttribution("explicit", verb, told.text[start:end], start, end)
