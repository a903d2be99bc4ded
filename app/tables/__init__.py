"""Every table, one noun a file."""

from app.tables.base import Base
from app.tables.call import Call, CallReadout
from app.tables.claim import Claim, Evidence
from app.tables.counts import CountedCall, FacetCount, FacetValue, UncountedCall
from app.tables.document import CallDocument
from app.tables.draft import Draft, DraftRevision
from app.tables.dyad import Dyad
from app.tables.feed import Feed
from app.tables.history import Change, Snapshot, Tombstone, Writing
from app.tables.idempotency import KeptAnswer
from app.tables.identifier import Identifier
from app.tables.key import Key
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
    "Change",
    "Claim",
    "CountedCall",
    "Draft",
    "DraftRevision",
    "Dyad",
    "Evidence",
    "FacetCount",
    "FacetValue",
    "Feed",
    "Identifier",
    "KeptAnswer",
    "Key",
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
    "Snapshot",
    "Statement",
    "StatementSpeaker",
    "StatementTopic",
    "Tombstone",
    "Topic",
    "UncountedCall",
    "WordShare",
    "Writing",
]
