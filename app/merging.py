"""Two records that turn out to be one: what one of them has goes to the other, by which it is found from then on."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from app.problems import Conflict, InvalidRequest
from app.revisions import Check, Json, Revision
from app.rewriting import Changed

Merged = Literal["leader", "call"]
_INTO = "/into"
# Locked in one order, whoever merges, and read only then.
_LOCKED = """
    SELECT id FROM calls WHERE id IN (SELECT call_id FROM participants WHERE leader_id = $1) ORDER BY id FOR UPDATE
"""
_CALLS = "SELECT id, version FROM calls WHERE id = ANY ($1::uuid[]) ORDER BY id"
_TOGETHER = """
    SELECT count(*) FROM participants one JOIN participants other USING (call_id)
    WHERE one.leader_id = $1 AND other.leader_id = $2
"""
_REPOINTED = """
    UPDATE participants SET leader_id = $2, version = version + 1, content_changed_at = now()
    WHERE leader_id = $1 RETURNING call_id, id, version
"""
_RAISED = "UPDATE calls SET version = version + 1, content_changed_at = now() WHERE id = ANY ($1::uuid[])"


async def merge(revision: Revision, kind: Merged, record_id: UUID, into: UUID, check: Check) -> None:
    """Let one record live on in another, which answers under all its keys; the check is asked of the one that goes.

    Raises NotFound, what the check raises, InvalidRequest where both are one, and Conflict where they cannot be.
    """
    if record_id == into:
        detail = "is the record itself"
        raise InvalidRequest.pointer(_INTO, detail)
    # In one order, so that two who merge the same records do not wait for each other.
    for locked in sorted((record_id, into)):
        await revision.lock(kind, locked, check if locked == record_id else _any)
    version, before = await revision.lock(kind, record_id, _any)
    going = await revision.document_of(kind, record_id, version)
    kept = {record_id: into}
    if kind == "leader":
        await _repoint(revision, record_id, into)
    else:
        staying = await revision.document_of(kind, into, (await revision.lock(kind, into, _any))[0])
        kept |= _same_people(going, staying)
    await revision.end(kind, record_id, version, before, into=kept)
    take = _take_leader if kind == "leader" else _take_call
    await revision.change(kind, into, _any, lambda document: take(document, going))


def _any(_version: int) -> None:
    """Whatever the version is: what is given to a record does not overwrite what it has."""


async def _repoint(revision: Revision, leader: UUID, into: UUID) -> None:
    """Let another leader take part in a leader's calls, each of which is changed by it."""
    connection = revision.connection
    locked = [row["id"] for row in await connection.fetch(_LOCKED, leader)]
    calls = [(*call, await revision.read("call", call["id"])) for call in await connection.fetch(_CALLS, locked)]
    together = await connection.fetchval(_TOGETHER, leader, into)
    if together:
        message = f"Both leaders take part in {together} of the same calls; these have to be changed first."
        raise Conflict(message)
    await revision.begin()
    parts: dict[UUID, list[Changed]] = {}
    for call_id, participant, version in await connection.fetch(_REPOINTED, leader, into):
        parts.setdefault(call_id, []).append(Changed("participants", participant, version, "changed"))
    await connection.execute(_RAISED, list(parts))
    for call_id, version, document in calls:
        # The leader may have been taken out of a call while that was waited for.
        if call_id in parts:
            await revision.enter("call", call_id, version + 1, "changed", parts[call_id])
            await revision.keep("call", call_id, version, document)


def _take(staying: Json, going: Json) -> Json:
    """What both kinds have: the other's identifiers, and its keys as former ones."""
    staying["identifiers"] = [*staying.get("identifiers", ()), *going.get("identifiers", ())]
    staying["former_keys"] = [
        *staying.get("former_keys", ()),
        going["id"],
        going["slug"],
        *going.get("former_keys", ()),
    ]
    return staying


def _take_leader(staying: Json, going: Json) -> Json:
    """A leader with another one's names, as aliases where they were preferred, and offices."""
    names = {(name["name"], name["kind"]) for name in staying["names"]}
    for name in going["names"]:
        kind = "alias" if name["kind"] == "preferred" else name["kind"]
        if (name["name"], kind) not in names and (name["name"], "preferred") not in names:
            names.add((name["name"], kind))
            staying["names"].append(name | {"kind": kind})
    offices = staying.get("offices", [])
    staying["offices"] = [*offices, *(office for office in going.get("offices", ()) if office not in offices)]
    return _take(staying, going)


def _take_call(staying: Json, going: Json) -> Json:
    """A call with another one's accounts: its readouts, statements, mentions, claims, and whoever else took part."""
    same = {str(one): str(other) for one, other in _same_people(going, staying).items()}
    by_id = {person["id"]: person for person in staying["participants"]}
    for person in going["participants"]:
        if person["id"] in same:
            other = by_id[same[person["id"]]]
            former = [*other.get("former_keys", ()), person["id"], *person.get("former_keys", ())]
            other["former_keys"] = former
            # What both say stays as it is here.
            other.update({name: person[name] for name in ("party", "office") if name in person and name not in other})
        else:
            staying["participants"].append(person)
    readouts = [*staying.get("readouts", ()), *going.get("readouts", ())]
    staying["readouts"] = list(dict.fromkeys(readouts))
    for name in ("mentions", "statements"):
        staying[name] = [*staying.get(name, ()), *(_renamed(one, same) for one in going.get(name, ()))]
    preferred = {claim["field"] for claim in staying["claims"] if claim.get("preferred")}
    for claim in going["claims"]:
        told = _renamed(claim, same)
        staying["claims"].append(told | {"preferred": bool(told.get("preferred")) and told["field"] not in preferred})
    return _take(staying, going)


def _same_people(going: Json, staying: Json) -> dict[UUID, UUID]:
    """Who of one call is who of another: participants who are the same leader."""
    by_leader = {person["leader"]: person["id"] for person in staying["participants"] if "leader" in person}
    return {
        UUID(person["id"]): UUID(by_leader[person["leader"]])
        for person in going["participants"]
        if person.get("leader") in by_leader
    }


def _renamed(part: Any, same: dict[str, str]) -> Any:
    """A part of a document that names participants by other ids."""
    if isinstance(part, dict):
        return {
            name: same.get(member, member)
            if name == "participant" and isinstance(member, str)
            else _renamed(member, same)
            for name, member in part.items()
        }
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [_renamed(member, same) for member in part]
    return part
