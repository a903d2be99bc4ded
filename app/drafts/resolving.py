"""Proposals held against the records: what they name is recorded, or is proposed as new; nothing is picked silently."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from babel import Locale

from app.asked import LeaderReference, PartyReference, PublisherReference, Reference, TopicReference
from app.db import Within
from app.drafts.schemas import ReadoutToRead
from app.edtf import read_edtf
from app.ingest.assembly import slug_of
from app.ingest.english.parties import party_of_publisher
from app.names import fold
from app.references import ambiguous_name
from app.resources import find_id

Json = dict[str, Any]
MOST_CANDIDATES = 20
_SHORT_SPAN = timedelta(days=1)
_FORMER = frozenset({"CSHH", "DDDE", "SUHH", "YUCS"})
_ORGANISATIONS = frozenset({"EU", "UN"})
_STATE_CODE = 2
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)
_INITIAL = re.compile(r"[A-Z]\.?")
_GENERATIONS = frozenset({"Jr", "Sr", "II", "III"})
_NAMES = "SELECT name FROM leader_names WHERE leader_id = $1"
_LEADER = "SELECT id, slug, name FROM leaders WHERE id = $1"
_PARTY = "SELECT id, code, name, kind FROM parties WHERE id = $1"
_PUBLISHER = "SELECT id, slug, name, kind FROM publishers WHERE id = $1"
_NAMED_PUBLISHERS = f"""
    SELECT id, slug AS key, name FROM publishers WHERE folded = $1
    OR id IN (SELECT publisher_id FROM identifiers WHERE scheme = 'domain' AND folded = $2)
    OR split_part(split_part(url, '//', 2), '/', 1) IN ($2, 'www.' || $2)
    ORDER BY slug LIMIT {MOST_CANDIDATES}
"""  # noqa: S608 - a constant
# Each bound is held against the other call's, a day on either side: an evening here is a morning there.
_ACCOUNTS = f"""
    SELECT id, slug AS key, title AS name, date_latest - date_earliest <= 1 AS is_short FROM calls
    WHERE date_earliest <= $2::date + 1 AND date_latest >= $1::date - 1
      AND date_earliest > '-infinity' AND date_latest < 'infinity'
      AND id IN (SELECT call_id FROM participants WHERE leader_id = $3::uuid)
      AND $4::uuid[] = (
          SELECT array_agg(leader_id ORDER BY leader_id) FROM participants
          WHERE call_id = calls.id AND role = 'principal'
      )
    ORDER BY date_earliest, date_latest, id LIMIT {MOST_CANDIDATES}
"""  # noqa: S608 - a constant
_RECORDED_TEXT = """
    SELECT readouts.id, readouts.id::text AS key, title AS name FROM readouts
    JOIN readout_versions ON readout_id = readouts.id WHERE sha256 = $1 ORDER BY readouts.id LIMIT 20
"""


async def resolve(connection: Any, given: ReadoutToRead, read: Json, digest: str) -> Json:
    """The document of a draft: what was read, with what it names resolved against the records."""
    resolving = _Resolving(connection, read["language"])
    participants = [await resolving.person(person) for person in read["participants"]]
    claims = [await resolving.claim(claim) for claim in read["claims"]]
    statements = [await resolving.statement(statement) for statement in read["statements"]]
    publisher = await resolving.publisher(given.publisher) if given.publisher else None
    call = await resolving.call(read["call"], participants)
    same = await connection.fetch(_RECORDED_TEXT, digest)
    if same:
        resolving.caution("already-recorded", "A readout with this very text is recorded already.", same)
    readout = {
        "id": "readout",
        "title": given.title or call["title"],
        "language": read["language"],
        "publisher": publisher and publisher["slug"],
        "published_on": given.published_on and given.published_on.isoformat(),
    }
    return {
        "readout": readout,
        "publisher": publisher,
        "parties": list(resolving.parties.values()),
        "leaders": list(resolving.leaders.values()),
        "call": call,
        "participants": participants,
        "statements": statements,
        "claims": claims,
        "warnings": [*read["warnings"], *resolving.cautions],
    }


class _Resolving:
    """The records that the proposals of one text name, by their keys, and what was not to be decided."""

    def __init__(self, connection: Any, language: str) -> None:
        self._connection = connection
        self._within = Within(connection)
        self._language = language
        self.parties: dict[str, Json] = {}
        self.leaders: dict[str, Json] = {}
        self.cautions: list[Json] = []
        self._ids: dict[str, UUID] = {}
        """The recorded leaders among those named, by their slugs."""

    def caution(self, code: str, detail: str, candidates: Sequence[Any] = (), evidence: Sequence[Json] = ()) -> None:
        """Note what a person should look at."""
        told = [{"id": str(one["id"]), "key": one["key"], "name": one["name"]} for one in candidates]
        self.cautions.append({"code": code, "detail": detail, "candidates": told, "evidence": list(evidence)})

    async def person(self, person: Json) -> Json:
        """A participant with the leader's slug and the party's code."""
        party = await self._party(person["party"], person["party_confidence"], person["evidence"])
        return {**person, "party": party, "leader": await self._leader(person)}

    async def claim(self, claim: Json) -> Json:
        """A claim; the party that initiated is resolved, too."""
        if claim["field"] == "initiator" and claim["value"]["party"]:
            code = await self._party(claim["value"]["party"], claim["confidence"], claim["evidence"])
            return {**claim, "value": {**claim["value"], "party": code}}
        return claim

    async def statement(self, statement: Json) -> Json:
        """A statement without act and topics, which count once they are accepted, of those that are recorded."""
        suggestions = [
            one
            for one in statement["suggestions"]
            if one["field"] == "act" or await find_id(self._within, TopicReference.read(one["value"]))
        ]
        return {**statement, "act": None, "topics": [], "suggestions": suggestions}

    async def _party(self, code: str | None, confidence: float | None, evidence: Sequence[Json]) -> str | None:
        if code is None:
            return None
        found = await find_id(self._within, PartyReference.read(code))
        if found is None:
            told = {"new": True, "code": code, "name": _party_name(code), "kind": _party_kind(code)}
        else:
            row = await self._connection.fetchrow(_PARTY, found)
            told = {"new": False, "code": row["code"], "name": row["name"], "kind": row["kind"]}
        proposal = {"id": f"party-{told['code']}", "confidence": confidence, "evidence": list(evidence)}
        self.parties.setdefault(str(told["code"]), proposal | told)
        return str(told["code"])

    async def _leader(self, person: Json) -> str | None:
        """The slug of a leader by a whole name, or of one who is proposed as new; None for nobody, or several."""
        name = person["name"]
        if name is None:
            printed = person["name_as_printed"]
            self.caution("unnamed-person", f"Who is meant by {printed} is not told.", (), person["evidence"])
            return None
        key = LeaderReference.read(name)
        found = await find_id(self._within, key)
        if found is None and await self._is_ambiguous(key, name, person["evidence"]):
            return None
        if found is None:
            found = await self._by_plain_name(name, person["evidence"])
        if found is None:
            slug = await self._free_slug("leaders", slug_of(name) or person["ref"])
            names = [{"name": name, "language": self._language, "kind": "preferred"}]
            plain, _ = plain_name(name)
            if plain != name and await find_id(self._within, LeaderReference.read(plain)) is None:
                names.append({"name": plain, "language": self._language, "kind": "alias"})
            told = {"new": True, "slug": slug, "names": names}
        else:
            row = await self._connection.fetchrow(_LEADER, found)
            names = [{"name": row["name"], "kind": "preferred"}]
            told = {"new": False, "slug": row["slug"], "names": names}
            self._ids[row["slug"]] = found
        slug = str(told["slug"])
        proposal = {"id": f"leader-{slug}", "confidence": person["confidence"], "evidence": person["evidence"]}
        self.leaders.setdefault(slug, proposal | told)
        return slug

    async def _by_plain_name(self, name: str, evidence: Sequence[Json]) -> UUID | None:
        """The leader who bears a name without its initials, and none with others: they tell one Bush from another."""
        plain, initials = plain_name(name)
        found = None if plain == name else await find_id(self._within, LeaderReference.read(plain))
        if found is None:
            return None
        borne = [plain_name(row["name"]) for row in await self._connection.fetch(_NAMES, found)]
        if any(others and others != initials for other, others in borne if fold(other) == fold(plain)):
            return None
        row = await self._connection.fetchrow(_LEADER, found)
        candidate = {"id": row["id"], "key": row["slug"], "name": row["name"]}
        self.caution("leader-by-plain-name", f"{name} is taken for {row['name']}.", [candidate], evidence)
        return found

    async def _is_ambiguous(self, key: Reference, name: str, evidence: Sequence[Json]) -> bool:
        several = await ambiguous_name(self._within, "name", key)
        if several is None:
            return False
        told = [{**one, "key": one["slug"]} for one in several.members["candidates"]]
        self.caution("ambiguous-leader", f"Several leaders are called {name}.", told, evidence)
        return True

    async def publisher(self, given: str) -> Json | None:
        """The publisher by its id, slug, name or site, or one that is proposed as new; None where there are several."""
        found = await find_id(self._within, PublisherReference.read(given))
        host = _host(given)
        if found is None:
            rows = await self._connection.fetch(_NAMED_PUBLISHERS, fold(given), host or "")
            if len(rows) > 1:
                self.caution("ambiguous-publisher", f"Several publishers are meant by {given[:200]}.", rows)
                return None
            found = rows[0]["id"] if rows else None
        proposal: Json = {"id": "publisher"}
        if found is not None:
            row = await self._connection.fetchrow(_PUBLISHER, found)
            return proposal | {"new": False, "slug": row["slug"], "name": row["name"], "kind": row["kind"]}
        name = (host or given)[:200]
        told = {"slug": await self._free_slug("publishers", slug_of(name) or "publisher"), "name": name}
        party = await self._party(party_of_publisher(given), None, ())
        url = f"https://{host}" if host else None
        return proposal | {"new": True, **told, "kind": "other", "party": party, "url": url}

    async def call(self, call: Json, participants: Sequence[Json]) -> Json:
        """The call: as a further account of the one that is recorded, where there is but one that it can be."""
        candidates = await self._accounts(call, participants)
        told = [{"id": str(one["id"]), "key": one["key"], "name": one["name"]} for one in candidates]
        single = candidates[0] if len(candidates) == 1 and candidates[0]["is_short"] else None
        made = {
            **{name: call[name] for name in ("id", "review", "title")},
            "slug": await self._free_slug("calls", call["slug"]),
            "candidates": told,
            "further_account_of": single and {"id": str(single["id"]), "slug": single["key"], "name": single["name"]},
        }
        if single:
            self.caution("further-account", "This may be a further account of a call that is recorded.", candidates)
        elif candidates:
            self.caution(
                "several-candidates", "Of which recorded call this is an account, if any, is open.", candidates
            )
        return made

    async def _accounts(self, call: Json, participants: Sequence[Json]) -> Sequence[Any]:
        principals = [person["leader"] for person in participants if person["role"] == "principal"]
        ids = [self._ids.get(slug) for slug in principals]
        return await accounts_of(self._connection, ids, call["date"]["edtf"])

    async def _free_slug(self, resource: str, slug: str) -> str:
        """A slug that nothing of a resource has, or had."""
        for one in _numbered(slug):
            taken = f"""
                SELECT EXISTS (SELECT FROM {resource} WHERE slug = $1)
                OR EXISTS (SELECT FROM redirects WHERE resource = '{resource}' AND key = $1)
            """  # noqa: S608 - one of the three constants above
            if not await self._connection.fetchval(taken, one) and one not in self.leaders:
                return one
        raise AssertionError


async def accounts_of(connection: Any, principals: Sequence[UUID | None], edtf: str) -> Sequence[Json]:
    """The recorded calls of the same principals with a date within a day; none where one of them is not recorded.

    `is_short` is whether both dates are known to a day or two, so that the calls can hardly be two.
    """
    ids = sorted({one for one in principals if one is not None})
    bounds = read_edtf(edtf)
    # Years before the first are written otherwise by PostgreSQL, and had no calls.
    known = [bound for bound in (bounds.earliest, bounds.latest) if bound is not None and bound > "0001"]
    if not ids or len(ids) != len(principals) or len(known) < len(("earliest", "latest")):
        return []
    first, last = map(date.fromisoformat, known)
    rows = await connection.fetch(_ACCOUNTS, first, last, ids[0], ids)
    is_short = last - first <= _SHORT_SPAN
    return [{**row, "is_short": row["is_short"] and is_short} for row in rows]


def plain_name(name: str) -> tuple[str, tuple[str, ...]]:
    """A name without middle initials and `Jr.`, and the initials: `Joseph R. Biden, Jr.` is Joseph Biden, and R."""
    first, *rest = name.replace(",", " ").split() or [name]
    initials = tuple(word for word in rest if _INITIAL.fullmatch(word))
    kept = [word for word in rest if word not in initials and word.rstrip(".") not in _GENERATIONS]
    return (" ".join([first, *kept]) if kept else name), initials


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug[:190].rstrip('-')}-{number}"
        number += 1


def _host(given: str) -> str | None:
    """The host of an address, or of a domain's bare name, without `www`."""
    try:
        host = urlsplit(given if "//" in given else f"//{given}").hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.").lower() if _HOST.fullmatch(host) else None


def _party_name(code: str) -> str:
    name: str = Locale("en").territories.get(code, code)
    return name


def _party_kind(code: str) -> str:
    if code in _FORMER:
        return "former_state"
    return "state" if len(code) == _STATE_CODE and code not in _ORGANISATIONS else "organisation"
