"""The controlled terms that tables check, schemas declare and filters accept."""

from typing import Literal, get_args

Channel = Literal["telephone", "video", "meeting", "correspondence", "unknown"]
PartyKind = Literal["state", "former_state", "organisation", "other"]
NameKind = Literal["preferred", "romanisation", "native", "surname", "alias", "former"]
Role = Literal["principal", "interpreter", "aide", "other"]
PublisherKind = Literal["ministry", "presidency", "government", "agency", "archive", "other"]
ReadoutKind = Literal["readout", "memorandum", "transcript", "press_report"]
Translation = Literal["none", "official", "unofficial", "machine", "unknown"]
Mode = Literal["indirect", "direct", "summary"]
SpeakerAs = Literal["person", "side"]
AttributionKind = Literal["explicit", "inherited"]
Act = Literal[
    "assess",
    "support",
    "commit",
    "propose",
    "praise",
    "thank",
    "criticise",
    "request",
    "agree",
    "condole",
    "congratulate",
    "inform",
]
ClaimField = Literal["date", "channel", "duration", "initiator", "publisher"]
Basis = Literal["stated", "derived", "curated"]
InitiatorKind = Literal["participant", "party", "mutual"]
Precision = Literal["second", "day", "month", "year", "decade", "century", "millennium", "unknown"]
PartOfDay = Literal["night", "morning", "noon", "afternoon", "evening"]
Facet = Literal["leader", "party", "year", "month", "channel", "topic", "publisher", "act", "speaker"]
ResourceName = Literal["calls", "leaders", "participants", "parties", "publishers", "readouts", "statements", "topics"]
ChangeKind = Literal["created", "changed", "removed", "merged"]
KeyScope = Literal["records:read", "records:write", "admin"]
DraftStatus = Literal["open", "accepted", "rejected"]
Review = Literal["open", "accepted", "corrected", "rejected"]
DraftDone = Literal["created", "corrected", "accepted", "rejected"]
RedirectResource = Literal["calls", "leaders", "participants", "publishers", "readouts", "topics"]


def terms(literal: object) -> tuple[str, ...]:
    """The terms of one of the vocabularies above, in their order."""
    return get_args(literal)
