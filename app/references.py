"""How a record is named by others: the reference that an answer shows, and the record that a parameter means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    String,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.asked import Kind, Reference
from app.db import Prepared, Reader, Within
from app.filters import Shape
from app.json_sql import json_list, json_object
from app.problems import AmbiguousName, InvalidRequest, UnknownReference
from app.tables import (
    Call,
    Claim,
    Identifier,
    Leader,
    LeaderName,
    Participant,
    Party,
    PartyAlias,
    Publisher,
    Readout,
    Redirect,
    Statement,
    Tombstone,
    Topic,
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a kind of record keeps its id, its public key and its name, and what it is called in an error."""

    table: Any
    noun: str
    key: str = ""
    name: str = "name"
    resource: str | None = None
    moved_to: Any = None

    def key_of(self, record: Any) -> ColumnElement[str]:
        """The public key of the table or an alias of it; the id where there is no other."""
        column: ColumnElement[str] = getattr(record, self.key or "id")
        return column


_CANDIDATES = 20

NAMINGS: Mapping[Kind, Naming] = {
    "call": Naming(Call, "call", "slug", "title", "calls", Redirect.call_id),
    "leader": Naming(Leader, "leader", "slug", "name", "leaders", Redirect.leader_id),
    "party": Naming(Party, "party", "code"),
    "publisher": Naming(Publisher, "publisher", "slug", "name", "publishers", Redirect.publisher_id),
    "topic": Naming(Topic, "topic", "slug", "name", "topics", Redirect.topic_id),
    "readout": Naming(Readout, "readout", resource="readouts", moved_to=Redirect.readout_id),
    "participant": Naming(Participant, "participant", resource="participants", moved_to=Redirect.participant_id),
    "statement": Naming(Statement, "statement"),
    "claim": Naming(Claim, "claim"),
}


def reference_to(kind: Kind, record_id: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The reference to a record, `{id, slug or code, name}`, as JSON; null where the id is."""
    naming = NAMINGS[kind]
    record = aliased(naming.table)
    return json_object(
        select(
            record.id,
            naming.key_of(record).label(naming.key),
            getattr(record, naming.name).label("name"),
        )
        .where(record.id == record_id)
        .correlate_except(record)
    )


def bound(name: str) -> ColumnElement[str]:
    """The text that is bound to a name."""
    return bindparam(name, type_=String())


def redirected(kind: Kind, key: ColumnElement[str]) -> ScalarSelect[Any]:
    """The id of the record that answers for an id or slug that is no longer a record's own."""
    naming = NAMINGS[kind]
    assert naming.moved_to is not None
    return select(naming.moved_to).where(Redirect.resource == naming.resource, Redirect.key == key).scalar_subquery()


def resolution(name: str, form: str, *, follow: bool = True, lasting: bool = False) -> ColumnElement[Any]:
    """The id of the record that a bound parameter means, as a scalar; null where it means none or several.

    `follow` takes in ids and slugs that were merged away. `lasting` is for what goes on meaning one record: once it was
    the slug of one, it is never another that is only called so.
    """
    kind_text, _, how = form.partition(":")
    if kind_text == "initiator":
        return _initiator(name, how)
    kind = next(known for known in get_args(Kind) if known == kind_text)
    keyed = _by_key(kind, name, by_id=how == "id", follow=follow)
    if how == "id":
        return keyed
    other_names = {"leader": _by_name, "party": _by_alias}.get(kind)
    if other_names is None:
        return keyed
    named = other_names(name)
    if lasting and NAMINGS[kind].moved_to is not None:
        named = case((~_was_key(kind, name), named))
    return func.coalesce(keyed, named)


def _was_key(kind: Kind, name: str) -> ColumnElement[bool]:
    """Whether a text was a record's slug, which is another one now, or was removed."""
    return or_(
        *(
            select(once.key).where(once.resource == NAMINGS[kind].resource, once.key == bound(name)).exists()
            for once in (Redirect, Tombstone)
        )
    )


def _by_key(kind: Kind, name: str, *, by_id: bool, follow: bool) -> ColumnElement[Any]:
    naming = NAMINGS[kind]
    asked = bindparam(name, type_=Uuid()) if by_id else bound(name)
    ways: list[ColumnElement[Any]] = []
    if not by_id and kind == "leader":
        ways.append(_by_qid(name))
    if by_id or naming.key:
        column = naming.table.id if by_id else naming.key_of(naming.table)
        ways.append(select(naming.table.id).where(column == asked).scalar_subquery())
    if follow and naming.moved_to is not None:
        ways.append(redirected(kind, cast(asked, String()) if by_id else bound(name)))
    # What has no public key is named by its id only.
    return func.coalesce(*ways) if ways else cast(null(), Uuid())


def _initiator(name: str, how: str) -> ColumnElement[Any]:
    """A party or a leader; a name that a party bears and any leader, too, is nobody's."""
    by_id = how == "id"
    keyed = [_by_key(kind, name, by_id=by_id, follow=True) for kind in ("party", "leader")]
    if by_id:
        return func.coalesce(*keyed)
    # Codes are in capitals and slugs in small letters; the bound text is as a slug.
    code = select(Party.id).where(Party.code == func.upper(bound(name))).scalar_subquery()
    party, leader = _by_alias(name), _by_name(name)
    named = select(LeaderName.leader_id).where(LeaderName.folded == bound(f"{name}_folded")).exists()
    return func.coalesce(code, keyed[1], case((party.is_(None), leader), (~named, party)))


def _by_alias(name: str) -> ColumnElement[Any]:
    return select(PartyAlias.party_id).where(PartyAlias.folded == bound(f"{name}_folded")).scalar_subquery()


def _by_qid(name: str) -> ColumnElement[Any]:
    identifier = aliased(Identifier)
    return case(
        (
            bound(name).regexp_match("^q[1-9][0-9]*$"),
            select(identifier.leader_id)
            .where(identifier.scheme == "wikidata", identifier.folded == bound(f"{name}_folded"))
            .scalar_subquery(),
        )
    )


def _by_name(name: str) -> ColumnElement[Any]:
    named = aliased(LeaderName)
    leaders = func.array_agg(named.leader_id.distinct())
    return (
        select(leaders[1])
        .where(named.folded == bound(f"{name}_folded"))
        .having(func.count(named.leader_id.distinct()) == 1)
        .scalar_subquery()
    )


def asked_records(shape: Shape, *, exact: frozenset[str] = frozenset()) -> CTE | None:
    """One row with the ids of the records that the question refers to, named like the binds; None where it does not.

    Parameters in `exact` stand in the path, where an address that was merged away is redirected instead of followed.
    """
    columns = [
        resolution(name, form, follow=parameter not in exact, lasting=parameter in exact).label(name)
        for parameter, forms in shape.items()
        if not isinstance(forms, str)
        for name, form in shape.binds(parameter)
        if ":" in form
    ]
    return select(*columns).cte("asked").prefix_with("MATERIALIZED") if columns else None


def asked_id(asked: CTE | None, name: str) -> ScalarSelect[Any]:
    """The id that was found for a bind."""
    assert asked is not None
    return select(asked.c[name]).scalar_subquery()


async def unknown_reference(reader: Reader | Within, parameter: str, reference: Reference) -> InvalidRequest:
    """The problem of a parameter that means no record, or several: it lists those that share the name."""
    ambiguous = await ambiguous_name(reader, parameter, reference)
    noun = "party or leader" if reference.kind == "initiator" else NAMINGS[reference.kind].noun
    return ambiguous or UnknownReference.parameter(parameter, f"No {noun} is recorded under {reference.text}.")


async def ambiguous_name(reader: Reader | Within, parameter: str, reference: Reference) -> InvalidRequest | None:
    """The problem of a name that several leaders share, or a leader and a party; None where it is nobody else's."""
    if reference.kind not in {"leader", "initiator"} or not reference.form.endswith(":text"):
        return None
    leaders = json_list(
        select(Leader.id, Leader.slug, Leader.name)
        .where(Leader.id.in_(select(LeaderName.leader_id).where(LeaderName.folded == bound("_folded"))))
        .order_by(Leader.slug)
        .limit(_CANDIDATES)
    )
    parties = json_list(
        select(Party.id, Party.code, Party.name).where(
            Party.id.in_(select(PartyAlias.party_id).where(PartyAlias.folded == bound("_folded")))
        )
    )
    of_leaders, of_parties = tuple(
        (await reader.rows(Prepared.of(select(cast(leaders, Text), cast(parties, Text))), reference.values))[0]
    )
    candidates = [*json.loads(of_leaders), *(json.loads(of_parties) if reference.kind == "initiator" else ())]
    if len(candidates) <= 1:
        return None
    return AmbiguousName.parameter(
        parameter, f"Several are called {reference.text}; ask by slug, code or id.", candidates=candidates
    )
