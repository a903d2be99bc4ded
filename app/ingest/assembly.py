"""Putting a draft together from what was found in a text, in whatever language."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from app.ingest.draft import (
    Caution,
    Draft,
    ProposedCall,
    ProposedClaim,
    ProposedDate,
    ProposedInitiator,
    ProposedParticipant,
    ProposedStatement,
)
from app.names import fold

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 200
_LONGEST_REF = 40
_LONGEST_TITLE = 500


def references(names: Iterable[str]) -> list[str]:
    """A `ref` for each participant: the surname where it is of Latin letters and nobody else's, otherwise a number."""
    given: list[str] = []
    for place, name in enumerate(names, 1):
        ref = slug_of(name)[:_LONGEST_REF].strip("-")
        given.append(ref if ref and ref not in given else f"{ref or 'participant'}-{place}")
    return given


def slug_of(text: str) -> str:
    """Words as a part of a slug; empty where none is of Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", fold(text)).replace("'", "")
    return _NOT_IN_A_SLUG.sub("-", plain).strip("-")


def assembled(  # noqa: PLR0913 - each is a part of the draft
    language: str,
    *,
    participants: Sequence[ProposedParticipant],
    statements: Sequence[ProposedStatement],
    claims: Sequence[ProposedClaim],
    title: str,
    cautions: Sequence[Caution],
) -> Draft:
    """The draft; the call shows the values of its preferred claims."""
    shown = {claim.field: claim.value for claim in claims if claim.preferred}
    date = shown["date"]
    initiator = shown.get("initiator")
    channel = shown["channel"]
    duration = shown.get("duration")
    assert isinstance(date, ProposedDate)
    assert isinstance(channel, str)
    call = ProposedCall(
        slug=_slug(date, participants),
        title=title[:_LONGEST_TITLE],
        date=date,
        channel=channel,
        duration_seconds=duration if isinstance(duration, int) else None,
        initiator=initiator if isinstance(initiator, ProposedInitiator) else None,
    )
    topics = dict.fromkeys(topic for statement in statements for topic in statement.topics)
    return Draft(
        language=language,
        call=call,
        participants=tuple(participants),
        statements=tuple(statements),
        claims=tuple(claims),
        topics=tuple(topics),
        warnings=(*cautions, *_cautions(date, participants, statements)),
    )


def _slug(date: ProposedDate, participants: Sequence[ProposedParticipant]) -> str:
    parts = [slug_of(date.edtf)] if date.edtf[:4].isdigit() else []
    parts += [slug_of(person.name or person.office or "") for person in participants[:3] if person.role == "principal"]
    return "-".join(part for part in parts if part)[:_LONGEST_SLUG].strip("-") or "call"


def _cautions(
    date: ProposedDate,
    participants: Sequence[ProposedParticipant],
    statements: Sequence[ProposedStatement],
) -> Iterable[Caution]:
    if date.edtf == "XXXX":
        yield Caution("no-date", "The text states no date, and no day of publication was given.")
    if not participants:
        yield Caution("no-participants", "The text was not understood to say who took part.")
    elif len(participants) == 1:
        yield Caution("one-participant", "The text was understood to name only one person who took part.")
    for person in participants:
        if person.party is None:
            evidence = (person.mention,) if person.mention else ()
            yield Caution("unresolved-party", f"For whom {person.name_as_printed} took part is not known.", evidence)
    if not statements:
        yield Caution("no-statements", "Nothing in the text was understood to be said by anybody who took part.")
