"""Every table of the records, one noun a file."""

from app.tables.base import Base
from app.tables.call import Call, CallReadout
from app.tables.claim import Claim, Evidence
from app.tables.counts import CountedCall, FacetCount, FacetValue, UncountedCall
from app.tables.document import CallDocument
from app.tables.dyad import Dyad
from app.tables.identifier import Identifier
from app.tables.leader import Leader, LeaderName, Office
from app.tables.participant import Mention, Participant
from app.tables.party import Party, PartyAlias
from app.tables.publisher import Publisher
from app.tables.readout import Readout, ReadoutVersion
from app.tables.redirect import Redirect
from app.tables.statement import Statement, StatementSpeaker, StatementTopic
from app.tables.topic import Topic
from app.tables.words import CallWords, ReadoutWords, WordShare

__all__ = [
    "Base",
    "Call",
    "CallDocument",
    "CallReadout",
    "CallWords",
    "Claim",
    "CountedCall",
    "Dyad",
    "Evidence",
    "FacetCount",
    "FacetValue",
    "Identifier",
    "Leader",
    "LeaderName",
    "Mention",
    "Office",
    "Participant",
    "Party",
    "PartyAlias",
    "Publisher",
    "Readout",
    "ReadoutVersion",
    "ReadoutWords",
    "Redirect",
    "Statement",
    "StatementSpeaker",
    "StatementTopic",
    "Topic",
    "UncountedCall",
    "WordShare",
]
