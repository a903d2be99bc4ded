"""What an accepted draft becomes: records, written by the same functions as any others, all of them or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from uuid import UUID

from app.asked import LeaderReference, PartyReference, PublisherReference, Reference
from app.db import Within
from app.drafts.resolving import accounts_of
from app.ids import new_id
from app.pointers import Steps, pointer
from app.problems import Conflict, InvalidRequest
from app.references import ambiguous_name
from app.resources import find_id
from app.revisions import Revision

Json = dict[str, Any]
_OF_A_PROPOSAL = frozenset({"id", "review", "confidence", "evidence", "new"})
_FURTHER = "/call/further_account_of"
# As strong as what a call takes that has the readout, so that no lock is made stronger later.
_LOCK_READOUT = "SELECT true FROM readouts WHERE id = $1 FOR NO KEY UPDATE"
_NEWEST = "SELECT version, text = $2 AS same FROM readout_versions WHERE readout_id = $1 ORDER BY version DESC LIMIT 1"
_UNDECIDED = "is to be decided: correct it, or accept the proposal `call` for a call of its own"


async def record(revision: Revision, document: Json, text: str, readout: UUID | None) -> tuple[UUID, UUID]:
    """Record what was not rejected; gives the ids of the call and of the readout.

    `readout` is the one that is recorded of another draft of the text, if any is: this one's account is in it, too.

    Raises InvalidRequest with pointers into the document for each fault, Conflict where the records have changed so
    that a person has to look again, and whatever the records' own functions raise.
    """
    return await _Accepting(revision, document, text, readout).record()


class _Accepting:
    """The document of one draft, and what its keys mean by now."""

    def __init__(self, revision: Revision, document: Json, text: str, readout: UUID | None) -> None:
        self._revision = revision
        self._within = Within(revision.connection)
        self._document = document
        self._text = text
        self._is_recorded = readout is not None
        self._readout = readout or new_id()
        self._version = 1
        """That of the readout which has the text."""
        self._dropped = {
            name: {one["slug" if name == "leaders" else "code"] for one in document[name] if _left_out(one)}
            for name in ("leaders", "parties")
        }
        """The slugs and codes of those that were rejected; who took part in these parts is left open."""
        self._found: dict[str, str] = {}
        """What stands for the slug of a new leader who was recorded meanwhile: the id."""

    async def record(self) -> tuple[UUID, UUID]:
        """Record it all."""
        self._check()
        further = self._document["call"]["further_account_of"]
        # What is changed or quoted is locked before anything is written, a call with its accounts before one that it is
        # yet to have, as by every change of a call.
        if further is not None:
            await self._lock(UUID(further["id"]))
        if self._is_recorded:
            await self._lock_readout()
        await self._record_new()
        if further is None:
            await self._check_candidates()
        if not self._is_recorded:
            with _told_at({"": "/readout", "/versions/0": ""}):
                await self._revision.create("readout", self._made_readout())
        if further is None:
            call, places = self._made_call()
            with _told_at(places):
                return await self._revision.create("call", call), self._readout
        return await self._add_account(UUID(further["id"])), self._readout

    def _check(self) -> None:
        """Raise InvalidRequest where something that was rejected is needed."""
        faults: list[tuple[Steps, str]] = [
            ((name, "review"), "is rejected, without which there is nothing to record")
            for name in ("readout", "call")
            if self._document[name]["review"] == "rejected"
        ]
        rejected = {person["ref"] for person in self._document["participants"] if person["review"] == "rejected"}
        for place, statement in self._kept("statements"):
            faults += [
                (("statements", place, "speakers", number, "participant"), "is rejected; reject the statement, too")
                for number, speaker in enumerate(statement["speakers"])
                if speaker["participant"] in rejected
            ]
            acts = {one["value"] for _, one in _taken(statement) if one["field"] == "act"}
            if len({statement["act"], *acts} - {None}) > 1:
                faults.append((("statements", place, "act"), "is given twice, here and by an accepted suggestion"))
        for place, claim in self._kept("claims"):
            if claim["field"] == "initiator" and claim["value"]["participant"] in rejected:
                faults.append((("claims", place, "value", "participant"), "is rejected; reject the claim, too"))
            if claim["field"] == "initiator" and claim["value"]["party"] in self._dropped["parties"]:
                faults.append((("claims", place, "value", "party"), "is rejected; reject the claim, too"))
        if faults:
            raise InvalidRequest([{"pointer": pointer(steps), "detail": detail} for steps, detail in faults])

    def _kept(self, name: str) -> Iterator[tuple[int, Json]]:
        """The proposals of a list that were not rejected, with their places."""
        return ((place, one) for place, one in enumerate(self._document[name]) if one["review"] != "rejected")

    async def _lock_readout(self) -> None:
        """Lock the readout that another draft of the text became; raises Conflict where it has not this text now."""
        connection = self._revision.connection
        if await connection.fetchval(_LOCK_READOUT, self._readout) is None:
            message = (
                f"The readout {self._readout}, which another draft of this text became, was removed since. "
                "Bring it back, and accept again."
            )
            raise Conflict(message)
        self._version, is_same = await connection.fetchrow(_NEWEST, self._readout, self._text)
        if not is_same:
            message = (
                f"The readout {self._readout}, which another draft of this text became, has another text by now. "
                "Reject this draft, and record its call from that text."
            )
            raise Conflict(message)

    async def _lock(self, call_id: UUID) -> None:
        if await self._revision.connection.fetchval("SELECT true FROM calls WHERE id = $1", call_id) is None:
            detail = f"no call is recorded under {call_id}"
            raise InvalidRequest.pointer(_FURTHER, detail)
        await self._revision.lock("call", call_id, _any)

    async def _record_new(self) -> None:
        """Record the parties, leaders and publisher that are proposed as new, kept, named and not yet recorded."""
        people = [person for _, person in self._kept("participants")]
        claimed = {claim["value"]["party"] for _, claim in self._kept("claims") if claim["field"] == "initiator"}
        publisher = None if self._is_recorded else self._document["publisher"]
        if publisher is not None and (_left_out(publisher) or self._publisher() != publisher["slug"]):
            publisher = None
        parties = {person["party"] for person in people} | claimed | ({publisher["party"]} if publisher else set())
        for place, party in self._kept("parties"):
            if party["new"] and party["code"] in parties:
                await self._record_one("party", PartyReference.read(party["code"]), party, f"/parties/{place}")
        leaders = {person["leader"] for person in people}
        for place, leader in self._kept("leaders"):
            if leader["new"] and leader["slug"] in leaders:
                (name,) = [one["name"] for one in leader["names"] if one["kind"] == "preferred"][:1] or [leader["slug"]]
                found = await self._record_one("leader", LeaderReference.read(name), leader, f"/leaders/{place}")
                if found is not None:
                    self._found[leader["slug"]] = str(found)
        if publisher is not None and publisher["new"]:
            made = {**publisher, "party": self._party(publisher["party"])}
            await self._record_one("publisher", PublisherReference.read(publisher["slug"]), made, "/publisher")

    async def _record_one(
        self, kind: Literal["party", "leader", "publisher"], key: Reference, proposal: Json, at: str
    ) -> UUID | None:
        """Record one that is not recorded yet; gives the id of one that is."""
        found = await find_id(self._within, key)
        if found is not None:
            return found
        if kind == "leader" and await ambiguous_name(self._within, "name", key) is not None:
            names, detail = f"{at}/names", f"several leaders are called {key.text}; say which of them"
            raise InvalidRequest.pointer(names, detail)
        for place, other in enumerate(proposal["names"] if kind == "leader" else ()):
            if await find_id(self._within, LeaderReference.read(other["name"])) is not None:
                name, detail = (
                    f"{at}/names/{place}",
                    "is recorded of a leader; say of the participant whether that is who",
                )
                raise InvalidRequest.pointer(name, detail)
        if kind == "leader":
            taken = await find_id(self._within, LeaderReference.read(proposal["slug"]))
            if taken is not None:
                detail = f"is that of the leader {taken}; where that is who took part, give the participant this id"
                slug = f"{at}/slug"
                raise InvalidRequest.pointer(slug, detail)
        with _told_at({"": at}):
            await self._revision.create(kind, _plain(proposal))
        return None

    async def _check_candidates(self) -> None:
        """Raise where it is open of which recorded call this is an account, if of any."""
        call = self._document["call"]
        if call["review"] != "open":
            return
        if call["candidates"]:
            raise InvalidRequest.pointer(_FURTHER, _UNDECIDED)
        principals = [person["leader"] for _, person in self._kept("participants") if person["role"] == "principal"]
        ids = [await self._id_of(key) for key in principals]
        dates = [claim for _, claim in self._kept("claims") if claim["field"] == "date" and claim["preferred"]]
        accounts = await accounts_of(self._revision.connection, ids, dates[0]["value"]["edtf"]) if dates else []
        if accounts:
            calls = ", ".join(f"{one['key']} (id {one['id']})" for one in accounts)
            message = (
                f"A call that this may be an account of was recorded meanwhile: {calls}. "
                "Correct /call/further_account_of to its id, or accept the proposal call as a call of its own."
            )
            raise Conflict(message)

    async def _id_of(self, leader: str | None) -> UUID | None:
        key = self._leader(leader)
        return None if key is None else await find_id(self._within, LeaderReference.read(key))

    def _publisher(self) -> str | None:
        """The readout's publisher, but for one that was rejected."""
        key: str | None = self._document["readout"]["publisher"]
        publisher = self._document["publisher"]
        return None if publisher is not None and _left_out(publisher) and key == publisher["slug"] else key

    def _party(self, code: str | None) -> str | None:
        return None if code in self._dropped["parties"] else code

    def _leader(self, slug: str | None) -> str | None:
        return None if slug is None or slug in self._dropped["leaders"] else self._found.get(slug, slug)

    def _made_readout(self) -> Json:
        readout = _plain(self._document["readout"])
        readout |= {"id": str(self._readout), "versions": [{"version": 1, "text": self._text}]}
        return _given(readout | {"publisher": self._publisher()})

    def _made_call(self) -> tuple[Json, dict[str, str]]:
        """The document of a new call, and where in the draft's document its parts come from."""
        call = {name: self._document["call"][name] for name in ("slug", "title")}
        places = {"": "/call"}
        people: list[Json] = []
        for place, person in self._kept("participants"):
            places[f"/participants/{len(people)}"] = f"/participants/{place}"
            people.append(self._made_participant(person))
        parts = self._made_parts({person["ref"]: person["ref"] for person in people}, places)
        return call | {"participants": people, "readouts": [str(self._readout)]} | parts, places

    def _made_participant(self, person: Json) -> Json:
        made = {name: person[name] for name in ("ref", "office", "role")}
        return _given(made | {"leader": self._leader(person["leader"]), "party": self._party(person["party"])})

    def _made_parts(
        self,
        refs: dict[str, str],
        places: dict[str, str],
        before: Json | None = None,
    ) -> dict[str, list[Json]]:
        """The mentions, statements and claims behind those that are there before, their participants under `refs`."""
        parts: dict[str, list[Json]] = {name: [*(before or {}).get(name, ())] for name in _PARTS}
        quoted = {"readout": str(self._readout), "version": self._version}
        for place, person in self._kept("participants"):
            if person["mention"] is not None:
                at = f"/mentions/{len(parts['mentions'])}"
                places |= {
                    at: f"/participants/{place}/mention",
                    f"{at}/office": f"/participants/{place}/office_mention",
                }
                told = {
                    "participant": refs[person["ref"]],
                    "name": person["mention"],
                    "office": person["office_mention"],
                }
                parts["mentions"].append(_given(quoted | told))
        for place, statement in self._kept("statements"):
            here, there = f"/statements/{len(parts['statements'])}", f"/statements/{place}"
            said, codes = _made_statement(statement, refs)
            places |= {here: there} | {f"{here}{one}": f"{there}{other}" for one, other in codes.items()}
            parts["statements"].append(quoted | said)
        preferred = {claim["field"] for claim in parts["claims"] if claim.get("preferred")}
        for place, claim in self._kept("claims"):
            places[f"/claims/{len(parts['claims'])}"] = f"/claims/{place}"
            made = _given(_plain(claim)) | {"evidence": [quoted | quote for quote in claim["evidence"]]}
            if claim["field"] == "initiator":
                value = claim["value"]
                ref = value["participant"] and refs[value["participant"]]
                made["value"] = _given(value | {"participant": ref})
            elif claim["field"] == "date":
                made["value"] = _given(claim["value"])
            # What a call shows already, it goes on showing.
            made["preferred"] = claim["preferred"] and claim["field"] not in preferred
            parts["claims"].append(made)
        return parts

    async def _add_account(self, call_id: UUID) -> UUID:
        """Let a recorded call have the readout, and what it says of the call."""
        leaders: dict[str, UUID | None] = {}
        for _, person in self._kept("participants"):
            leaders[person["ref"]] = await self._id_of(person["leader"])
        places: dict[str, str] = {"": "/call"}

        def add(call: Json) -> Json:
            there = {person["leader"]: person["ref"] for person in call["participants"] if "leader" in person}
            refs: dict[str, str] = {}
            for place, person in self._kept("participants"):
                known = there.get(str(leaders[person["ref"]]))
                refs[person["ref"]] = known or person["ref"]
                if known is None:
                    places[f"/participants/{len(call['participants'])}"] = f"/participants/{place}"
                    call["participants"].append(self._made_participant(person))
            call["readouts"] = list(dict.fromkeys([*call.get("readouts", ()), str(self._readout)]))
            return call | self._made_parts(refs, places, call)

        with _told_at(places):
            await self._revision.change("call", call_id, _any, add)
        return call_id


_PARTS = ("mentions", "statements", "claims")


def _any(_version: int) -> None:
    """Whatever the version is: what an account adds overwrites nothing."""


def _left_out(proposal: Json) -> bool:
    return bool(proposal["review"] == "rejected")


def _plain(proposal: Json) -> Json:
    """What a proposal proposes to record."""
    return _given({name: member for name, member in proposal.items() if name not in _OF_A_PROPOSAL})


def _given(members: Json) -> Json:
    return {name: member for name, member in members.items() if member is not None}


def _taken(statement: Json) -> Iterator[tuple[int, Json]]:
    """The suggestions for a statement that a person has accepted or corrected, with their places."""
    return ((at, one) for at, one in enumerate(statement["suggestions"]) if one["review"] in {"accepted", "corrected"})


def _made_statement(statement: Json, refs: dict[str, str]) -> tuple[Json, dict[str, str]]:
    """A statement to record, with the act and topics that a person has accepted, and where such come from in it."""
    topics = {topic: f"/topics/{number}" for number, topic in enumerate(statement["topics"])}
    act, places = statement["act"], {}
    for number, one in _taken(statement):
        at = f"/suggestions/{number}/value"
        if one["field"] == "topics":
            topics.setdefault(one["value"], at)
        elif act is None:
            act, places["/act"] = one["value"], at
    places |= {f"/topics/{number}": at for number, at in enumerate(topics.values())}
    made = {name: member for name, member in _plain(statement).items() if name != "suggestions"}
    speakers = [{"participant": refs[speaker["participant"]]} for speaker in statement["speakers"]]
    told = {"speakers": speakers, "attribution": _given(statement["attribution"]), "act": act, "topics": list(topics)}
    return _given(made | told), places


@contextmanager
def _told_at(places: dict[str, str]) -> Iterator[None]:
    """Let faults of a record be told by where in the draft's document they come from."""
    try:
        yield
    except InvalidRequest as problem:
        if type(problem) is not InvalidRequest:
            raise
        told = [{**error, "pointer": _translated(error["pointer"], places)} for error in problem.members["errors"]]
        raise InvalidRequest(told) from problem


def _translated(at: str, places: dict[str, str]) -> str:
    steps = at.split("/")
    for length in range(len(steps), 0, -1):
        known = places.get("/".join(steps[:length]))
        if known is not None:
            return "/".join([known, *steps[length:]])
    return at
