"""Participants and statements: records of their own that stand in their call's document, and are changed within it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from uuid import UUID

from app.ids import new_id
from app.known import Known
from app.problems import Conflict, InvalidRequest, NotFound, StillReferredTo
from app.revisions import Change, Check, Json, Revision, keep_id

PartResource = Literal["participants", "statements"]
PARTS: dict[str, PartResource] = {"participant": "participants", "statement": "statements"}
"""The resources of parts, by what one is called."""
_NOUNS = {resource: noun for noun, resource in PARTS.items()}
# The version of its call by which a version of a part came about.
_WITHIN = """
    SELECT c.within_id AS call_id, k.version
    FROM changes c JOIN changes k ON k.writing_id = c.writing_id AND k.record_id = c.within_id AND k.resource = 'calls'
    WHERE c.record_id = $1 AND c.resource = $2 AND c.version = $3
"""
_MERGED = """
    SELECT key, COALESCE(call_id, participant_id)::text FROM redirects
    WHERE resource IN ('calls', 'participants') AND key = ANY ($1::text[])
"""
_REMOVED = "SELECT version FROM tombstones WHERE resource = $1 AND record_id = $2"
_CALL, _REF = "/call", "/ref"
_LASTS, _UNKNOWN, _NAMED = "is not changed", "is not a member here", "must name the call by its id or slug"


async def create_part(revision: Revision, resource: PartResource, document: Json) -> UUID:
    """Record a new part of the call that its document names as `call`; gives its id. Raises as a change of the call."""
    given = dict(document)
    call_id = await _named_call(revision, given.pop("call", None))
    if given.get("id") is None:
        given["id"] = str(new_id())
    part_id = given["id"]

    def add(call: Json) -> Json:
        call.setdefault(resource, []).append(_in_call(resource, given, part_id))
        return call

    with _rebased(resource):
        await revision.change("call", call_id, _any, add)
    return UUID(part_id)


async def change_part(revision: Revision, resource: PartResource, part_id: UUID, check: Check, change: Change) -> None:
    """Let a part be what a change makes of its document. Raises as a change of the call, for the part's own version."""
    call_id = await _lock(revision, resource, part_id, check)

    def put(call: Json) -> Json:
        place = _place(call, resource, part_id)
        given = change(of_call(call, resource, part_id) or {})
        if given.pop("call", str(call_id)) != str(call_id):
            raise InvalidRequest.pointer(_CALL, _LASTS)
        keep_id(given, part_id)
        call[resource][place] = _in_call(resource, given, str(part_id))
        return call

    with _rebased(resource):
        await revision.change("call", call_id, _any, put)


async def revert_part(revision: Revision, resource: PartResource, part_id: UUID, version: int, check: Check) -> None:
    """Let a part be what it was in an earlier version; one that was removed comes back into its call.

    Raises NotFound where there is no such version, or it has no document, and otherwise as a change of the call.
    """
    row = await revision.connection.fetchrow(_WITHIN, part_id, resource, version)
    call = await revision.document_of("call", row["call_id"], row["version"]) if row is not None else {}
    document = of_call(call, resource, part_id)
    if document is None:
        message = f"The {_NOUNS[resource]} has no document in version {version}."
        raise NotFound(message)
    # The call may have been merged into another one since, and so may those who speak.
    speakers = document.get("speakers", ())
    named = [document["call"], *(speaker["participant"] for speaker in speakers)]
    merged = dict(await revision.connection.fetch(_MERGED, named))
    document["call"] = merged.get(document["call"], document["call"])
    for speaker in speakers:
        speaker["participant"] = merged.get(speaker["participant"], speaker["participant"])
    await revision.lock("call", UUID(document["call"]), _any)
    removed = await revision.connection.fetchval(_REMOVED, resource, part_id)
    if removed is None:
        await change_part(revision, resource, part_id, check, lambda _: document)
    else:
        check(removed)
        await create_part(revision, resource, document)


async def remove_part(revision: Revision, resource: PartResource, part_id: UUID, check: Check) -> None:
    """Remove a part from its call; how readouts print a participant goes with it.

    Raises StillReferredTo for a participant who speaks, or who initiated the call by a claim, and Conflict for the last
    one.
    """
    call_id = await _lock(revision, resource, part_id, check)

    def drop(call: Json) -> Json:
        if resource == "participants":
            _check_free(call, str(part_id))
            call["mentions"] = [one for one in call.get("mentions", ()) if one["participant"] != str(part_id)]
        del call[resource][_place(call, resource, part_id)]
        return call

    await revision.change("call", call_id, _any, drop)


def of_call(call: Json, resource: PartResource, part_id: UUID) -> Json | None:
    """The document of a part, which stands in its call's; None where it does not."""
    for part in call.get(resource, ()):
        if part["id"] == str(part_id):
            return {name: member for name, member in part.items() if name != "ref"} | {"call": call["id"]}
    return None


def _in_call(resource: PartResource, given: Json, part_id: str) -> Json:
    """The document of a part as it stands in its call's, where participants are named by their ids."""
    if resource == "statements":
        return given
    if "ref" in given:
        raise InvalidRequest.pointer(_REF, _UNKNOWN)
    return {**given, "ref": part_id}


def _place(call: Json, resource: PartResource, part_id: UUID) -> int:
    return next(place for place, part in enumerate(call[resource]) if part["id"] == str(part_id))


def _check_free(call: Json, participant: str) -> None:
    speaks = any({"participant": participant} in statement["speakers"] for statement in call.get("statements", ()))
    initiated = any(
        claim["field"] == "initiator" and claim["value"].get("participant") == participant for claim in call["claims"]
    )
    if speaks or initiated:
        raise StillReferredTo.noun(_NOUNS["participants"])
    if len(call["participants"]) == 1:
        message = "A call keeps one participant at least."
        raise Conflict(message)


async def _lock(revision: Revision, resource: PartResource, part_id: UUID, check: Check) -> UUID:
    """Lock the call of a part, and hold a check against the part's version; gives the call's id."""
    # The names are those of our own tables.
    of_part = f"SELECT call_id, version FROM {resource} WHERE id = $1"  # noqa: S608
    row = await revision.connection.fetchrow(of_part, part_id)
    if row is not None:
        await revision.lock("call", row["call_id"], _any)
        row = await revision.connection.fetchrow(of_part, part_id)
    if row is None:
        message = f"There is no {_NOUNS[resource]} {part_id}."
        raise NotFound(message)
    check(row["version"])
    call_id: UUID = row["call_id"]
    return call_id


async def _named_call(revision: Revision, key: Any) -> UUID:
    if not isinstance(key, str):
        raise InvalidRequest.pointer(_CALL, _NAMED)
    known = Known(revision.connection)
    await known.look_up({"call": {key}}, set())
    found = known.find("call", key)
    if found is None:
        raise InvalidRequest.pointer(_CALL, known.unknown("call", key)[0])
    return found


def _any(_version: int) -> None:
    """Whatever the call's version is: the part has one of its own."""


@contextmanager
def _rebased(resource: PartResource) -> Iterator[None]:
    """Let pointers to any part in the call's document lead into the one that was sent.

    What it has in common with another part may be told of the other, which nobody sent.
    """
    step = re.compile(rf"/{resource}/[0-9]+(?=/|$)")
    try:
        yield
    except InvalidRequest as error:
        errors = [{**fault, "pointer": step.sub("", fault["pointer"], count=1)} for fault in error.members["errors"]]
        raise InvalidRequest(errors) from error
