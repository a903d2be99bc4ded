"""Who may do what: every kind of bearer at every operation, and what a request's `Authorization` may look like."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from app import connections, main, surface
from app.authorisation import Writer
from app.db import Database
from app.fields import Out, ShortName
from app.keys import Key, add_key, revoke_key
from app.main import create_app
from app.settings import Settings
from app.vocabulary import KeyScope
from tests.conftest import client_of, connected, create_database
from tests.test_contract import DOCUMENT, address
from tests.test_serve import folder, run
from tests.test_statement_count import statements_of
from tests.writes import Administrator

__all__ = ["folder"]
PRIVATE: dict[str, Any] = create_app(Settings(reads="private")).openapi()
Bearer = Literal["nobody", "stranger", "expired", "revoked", "reader", "writer", "administrator"]
REFUSED: tuple[Bearer, ...] = ("nobody", "stranger", "expired", "revoked")
SCOPES: dict[Bearer, list[KeyScope]] = {
    "reader": ["records:read"],
    "writer": ["records:write"],
    "administrator": ["admin"],
    "expired": ["admin"],
    "revoked": ["admin"],
}
ENDLESS = "/v1/changes/stream"
READS = [
    (path, methods["get"])
    for path, methods in DOCUMENT["paths"].items()
    # Those that take a key anyway are asked by tests/test_drafts.py.
    if "get" in methods and path != ENDLESS and "security" not in methods["get"]
]
CALL = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
REALM = 'Bearer realm="telcon"'
INVALID = f'{REALM}, error="invalid_token"'


class Written(Out):
    """What the operations answer that these tests add."""

    label: ShortName
    key_id: ShortName


@dataclass
class Guarded:
    """A service whose reads are private, with operations that take other scopes, and a key of each kind of bearer."""

    app: FastAPI
    client: httpx.AsyncClient
    keys: dict[Bearer, Key]
    ids: dict[Bearer, UUID]

    def headers(self, bearer: Bearer) -> dict[str, str]:
        """What a bearer sends."""
        return {"Authorization": f"Bearer {self.keys[bearer].text}"} if bearer in self.keys else {}


def with_writes(settings: Settings) -> FastAPI:
    """The service, with one operation that changes records and one that changes the service."""
    app = create_app(settings)

    @app.post("/written", response_model=Written)
    async def add_written(writer: Writer) -> Any:
        """Say who writes."""
        return Written(label=writer.label, key_id=str(writer.key_id))

    @app.delete("/written", response_model=Written)
    async def remove_written(administrator: Administrator) -> Any:
        """Say who administers."""
        return Written(label=administrator.label, key_id=str(administrator.key_id))

    return app


async def give_out(database: Database) -> tuple[dict[Bearer, Key], dict[Bearer, UUID]]:
    """A key of each kind, and their ids."""
    keys: dict[Bearer, Key] = {"stranger": Key.new()}
    ids: dict[Bearer, UUID] = {}
    for bearer, scopes in SCOPES.items():
        keys[bearer] = Key.new()
        async with database.writing() as connection:
            # A key is not made that has expired already, however slow the machine is.
            end = datetime.now(UTC) + timedelta(seconds=1) if bearer == "expired" else None
            ids[bearer] = await add_key(connection, keys[bearer], f"The {bearer}", scopes, end)
    async with database.writing() as connection:
        await revoke_key(connection, ids["revoked"])
    await asyncio.sleep(1.1)
    return keys, ids


@pytest.fixture(scope="module")
async def guarded(server: str, seeded: str) -> AsyncIterator[Guarded]:
    """Over the seed, which nobody changes."""
    url = await create_database(server, seeded)
    app = with_writes(Settings(database_url=url, reads="private"))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield Guarded(app, client, *await give_out(app.state.database))


def is_refused(answer: httpx.Response, status: int, challenge: str, keys: dict[Bearer, Key]) -> None:
    """Raise unless it is, by its problem and challenge, and tells nothing of any key."""
    assert (answer.status_code, answer.headers.get("www-authenticate")) == (status, challenge), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    # Answers to what writes are for pages of those origins only that may.
    reads = answer.request.method in {"GET", "HEAD"}
    assert answer.headers.get("access-control-allow-origin") == ("*" if reads else None)
    if answer.content:
        kind = {401: "unauthorised", 403: "forbidden"}[status]
        assert answer.json()["type"] == f"/problems#{kind}"
    for key in keys.values():
        assert key.text[4:24] not in answer.text + str(answer.headers)
        assert key.text[24:] not in answer.text + str(answer.headers)


# What docs/keys.md says is open to anybody.
OPEN = {"/", "/docs", "/healthz", "/openapi.json", "/problems", "/readyz", "/v1/schemas/record.json"}


@pytest.mark.parametrize(("path", "operation"), READS, ids=[operation["operationId"] for _, operation in READS])
async def test_every_read_takes_a_key_where_reads_are_private(
    guarded: Guarded, client: httpx.AsyncClient, path: str, operation: dict[str, Any]
) -> None:
    """From each kind of bearer, for pages and streams and in every way to ask; who may read gets what anybody did."""
    here = address(path, operation)
    streams = ["?format=ndjson", "?format=csv"] if operation["operationId"].startswith("list") else []
    for target in [here, f"{here}?colour=red", *(here + query for query in streams)]:
        for bearer in ("nobody", "stranger", "expired", "revoked", "reader", "writer", "administrator"):
            headers = guarded.headers(bearer)
            for method in ("GET", "HEAD"):
                answer = await guarded.client.request(method, target, headers=headers)
                if bearer in REFUSED and path not in OPEN:
                    is_refused(answer, 401, REALM if bearer == "nobody" else INVALID, guarded.keys)
                    continue
                public = await client.request(method, target)
                assert (answer.status_code, answer.headers.get("etag")) == (
                    public.status_code,
                    public.headers.get("etag"),
                )
                assert answer.content == public.content
                if path not in OPEN:
                    assert answer.headers["cache-control"] in {"private, no-cache", "no-store"}


async def test_an_answer_of_the_past_is_kept_for_nobody(guarded: Guarded) -> None:
    """Though it never changes: whose key is revoked is not to have it from a cache."""
    answer = await guarded.client.get("/v1/calls?as_of=2020-01-01T00:00:00Z", headers=guarded.headers("reader"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")


async def test_the_endless_stream_takes_a_key_where_reads_are_private(guarded: Guarded) -> None:
    """As every read does; for it nobody waits to its end."""
    for bearer in REFUSED:
        answer = await guarded.client.get(ENDLESS, headers=guarded.headers(bearer))
        is_refused(answer, 401, REALM if bearer == "nobody" else INVALID, guarded.keys)


async def test_what_stands_at_an_address_is_not_told_without_a_key(guarded: Guarded) -> None:
    """Nor whether anything does; nor by the framework alone, by methods or by odd forms of open addresses."""
    odd = (
        "/none",
        "/v1/calls/none",
        "/v1",
        "/v1/",
        "/V1/calls",
        "//v1/calls",
        "/v1/schemas/none",
        "/docs%0A",
        "/docs/",
        "/v1/schemas/record.json%0A",
        "/v1/schemas",
        "/assets",
        "/healthz/",
        "/%76%31/calls",
        "/v1/calls%0A",
    )
    for path in odd:
        is_refused(await guarded.client.get(path), 401, REALM, guarded.keys)
    for path in ("/assets/../v1/calls", "/assets/%2e%2e/v1/calls", "/assets//v1/calls", "/assets/none"):
        assert (await guarded.client.get(path)).status_code in {401, 404}
    for method in ("POST", "PUT", "PATCH", "DELETE", "FOO"):
        assert (await guarded.client.request(method, "/v1/calls")).status_code in {401, 405}
    for path in ("/none", "/v1/calls/none"):
        assert (await guarded.client.get(path, headers=guarded.headers("reader"))).status_code == 404


async def test_the_framework_alone_asks_too(guarded: Guarded) -> None:
    """What the direct way does not answer."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(main, "Direct", lambda _app: None)
        app = create_app(Settings(reads="private"))
    app.state.reader = guarded.app.state.reader
    async with client_of(app) as client:
        is_refused(await client.get(CALL), 401, REALM, guarded.keys)
        assert (await client.get(CALL, headers=guarded.headers("reader"))).status_code == 200


async def test_open_addresses_stay_open(guarded: Guarded) -> None:
    """Those that tell of the service and of no record, to anybody and whatever is sent."""
    for path in ("/", "/docs", "/problems", "/openapi.json", "/healthz", "/readyz", "/v1/schemas/record.json"):
        for bearer in ("nobody", "revoked", "reader"):
            assert (await guarded.client.get(path, headers=guarded.headers(bearer))).status_code == 200, path
    for asset in ("docs.js", "telcon.css", "icon.svg"):
        assert (await guarded.client.get(f"/assets/{asset}")).status_code == 200


HEADERS: tuple[tuple[str, tuple[bytes, ...], str | None], ...] = (
    ("none", (), REALM),
    ("empty", (b"",), REALM),
    ("another scheme", (b"Basic {key}",), REALM),
    ("no scheme", (b"{key}",), REALM),
    ("a scheme that begins alike", (b"Bearers {key}",), REALM),
    ("a tab for a space", (b"Bearer\t{key}",), REALM),
    ("no key", (b"Bearer",), INVALID),
    ("a blank key", (b"Bearer ",), INVALID),
    ("a quoted key", (b'Bearer "{key}"',), INVALID),
    ("a key and more", (b"Bearer {key} {key}",), INVALID),
    ("two keys in one line", (b"Bearer {key}, Bearer {key}",), INVALID),
    ("a parameter", (b"Bearer token={key}",), INVALID),
    ("a key cut short", (b"Bearer tlc_abc",), INVALID),
    ("a wrong checksum", (b"Bearer {key}0",), INVALID),
    ("letters beyond ASCII", (b"Bearer tlc_\xff\xfe",), INVALID),
    ("two lines", (b"Bearer {key}", b"Bearer {key}"), INVALID),
    ("two lines of two schemes", (b"Basic eA==", b"Bearer {key}"), INVALID),
    ("two lines without a key", (b"Basic eA==", b"Digest x"), REALM),
    ("the scheme in lower case", (b"bearer {key}",), None),
    ("the scheme in upper case", (b"BEARER {key}",), None),
    ("more spaces", (b"Bearer   {key}",), None),
)


@pytest.mark.parametrize(("sent", "challenge"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS])
async def test_how_a_key_is_sent(guarded: Guarded, sent: tuple[bytes, ...], challenge: str | None) -> None:
    """In one line, after the scheme; to reads and to writes alike."""
    key = guarded.keys["writer"].text.encode()
    headers = [(b"Authorization", line.replace(b"{key}", key)) for line in sent]
    for method, path in (("GET", CALL), ("POST", "/written")):
        with statements_of(guarded.app) as asked:
            answer = await guarded.client.request(method, path, headers=headers)
        if challenge is None:
            assert answer.status_code == 200
        else:
            is_refused(answer, 401, challenge, guarded.keys)
            # What is malformed is refused without asking the database.
            assert len(asked) == 0


async def test_keys_in_other_places_are_none(guarded: Guarded) -> None:
    """Neither in the address, where they would be logged, nor in cookies, which browsers send unasked."""
    key = guarded.keys["reader"].text
    is_refused(await guarded.client.get(f"{CALL}?access_token={key}"), 401, REALM, guarded.keys)
    is_refused(await guarded.client.get(CALL, headers={"Cookie": f"key={key}"}), 401, REALM, guarded.keys)
    is_refused(await guarded.client.get(CALL, headers={"X-Api-Key": key}), 401, REALM, guarded.keys)
    is_refused(
        await guarded.client.get(CALL, headers={"Proxy-Authorization": f"Bearer {key}"}), 401, REALM, guarded.keys
    )


@pytest.mark.parametrize(
    ("method", "wanted", "allowed"),
    [("POST", "records:write", {"writer", "administrator"}), ("DELETE", "admin", {"administrator"})],
)
async def test_operations_that_take_a_scope(guarded: Guarded, method: str, wanted: str, allowed: set[Bearer]) -> None:
    """Who bears it is told to them; who bears less is refused by the scope that is missing."""
    lacking = f'{REALM}, error="insufficient_scope", scope="{wanted}"'
    for bearer in ("nobody", "stranger", "expired", "revoked", "reader", "writer", "administrator"):
        answer = await guarded.client.request(method, "/written", headers=guarded.headers(bearer))
        if bearer in REFUSED:
            is_refused(answer, 401, REALM if bearer == "nobody" else INVALID, guarded.keys)
        elif bearer in allowed:
            assert answer.json() == {"label": f"The {bearer}", "key_id": str(guarded.ids[bearer])}
        else:
            is_refused(answer, 403, lacking, guarded.keys)


async def test_unknown_expired_and_revoked_keys_are_not_told_apart(guarded: Guarded) -> None:
    """By the answer, to the byte, or by what the database is asked."""
    for method, path in (("GET", CALL), ("POST", "/written")):
        answers, asked = [], []
        for bearer in ("stranger", "expired", "revoked"):
            with statements_of(guarded.app) as sent:
                answer = await guarded.client.request(method, path, headers=guarded.headers(bearer))
            answers.append((answer.content, sorted(answer.headers.items())))
            asked.append(list(sent))
        assert answers[0] == answers[1] == answers[2]
        assert len(asked[0]) == 1
        assert asked[0] == asked[1] == asked[2]


async def test_public_reads_take_no_work_for_keys(app: FastAPI, client: httpx.AsyncClient) -> None:
    """Whatever is sent as a key is not looked at: the same answer by the same one statement."""
    assert type(app.surface) is main.Surface  # type: ignore[attr-defined]
    plain = await client.get(CALL)
    for sent in ("Bearer nonsense", f"Bearer {Key.new().text}", "Basic eA=="):
        with statements_of(app) as asked:
            answer = await client.get(CALL, headers={"Authorization": sent})
        assert len(asked) == 1
        assert (answer.status_code, answer.content, answer.headers) == (200, plain.content, plain.headers)


async def test_private_answers_are_kept_by_nobody_else(guarded: Guarded) -> None:
    """No cache may give one unasked, and a tag is of use to those only who may read."""
    reader = guarded.headers("reader")
    tag = (await guarded.client.get(CALL, headers=reader)).headers["etag"]
    for _ in range(3):
        with statements_of(guarded.app) as asked:
            held = await guarded.client.get(CALL, headers=reader | {"If-None-Match": tag})
        # The key and the record: what was confirmed a moment ago is not relied on.
        assert len(asked) == 2
        assert (held.status_code, held.headers["cache-control"]) == (304, "private, no-cache")
        is_refused(
            await guarded.client.get(CALL, headers=guarded.headers("revoked") | {"If-None-Match": tag}),
            401,
            INVALID,
            guarded.keys,
        )
        is_refused(await guarded.client.get(CALL, headers={"If-None-Match": tag}), 401, REALM, guarded.keys)


async def streamed(app: FastAPI, url: str, key: Key, after_three: Callable[[], Awaitable[None]]) -> list[Any]:
    """What is sent of a list in many parts to whoever bears a key; something happens after three messages."""
    async with connected(url) as connection:
        await connection.execute(
            "INSERT INTO topics (slug, name, folded) SELECT 'topic-' || n, n, n FROM generate_series(1, 2000) n"
        )
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/topics",
        "raw_path": b"/v1/topics",
        "query_string": b"format=ndjson",
        "root_path": "",
        "headers": [(b"host", b"telcon"), (b"authorization", f"Bearer {key.text}".encode())],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 3:
            await after_three()

    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("at_last", [0.0, 60.0])
async def test_a_stream_goes_on_where_its_key_cannot_be_looked_up(
    own_seeded_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, at_last: float
) -> None:
    """For a while: all connections may be taken by others."""
    monkeypatch.setattr(surface, "LOOKED_UP_AGAIN", 0.0)
    monkeypatch.setattr(surface, "LOOKED_UP_AT_LAST", at_last)
    app = create_app(Settings(database_url=own_seeded_url, reads="private", pool_size=1))
    async with app.router.lifespan_context(app):
        keys, _ = await give_out(app.state.database)
        others: list[asyncio.Task[Any]] = []

        async def take_all() -> None:
            monkeypatch.setattr(connections, "PATIENCE", 0.01)
            others.append(asyncio.create_task(app.state.reader.connections.fetch("SELECT pg_sleep(0.3)", ())))
            await asyncio.sleep(0)

        sent = await streamed(app, own_seeded_url, keys["reader"], take_all)
        await asyncio.gather(*others)
    whole = not sent[-1].get("more_body", True)
    assert whole == (at_last > 0)
    assert ("a stream is broken off: The key could not be looked up" in caplog.text) == (not whole)


@pytest.mark.parametrize("again", [0.0, 60.0])
async def test_a_stream_ends_with_its_key(
    own_seeded_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, again: float
) -> None:
    """Once it is time to look again, between two of its parts; without the end by which it would pass for whole."""
    monkeypatch.setattr(surface, "LOOKED_UP_AGAIN", again)
    app = create_app(Settings(database_url=own_seeded_url, reads="private"))
    async with app.router.lifespan_context(app):
        keys, ids = await give_out(app.state.database)

        async def revoke() -> None:
            async with app.state.database.writing() as connection:
                await revoke_key(connection, ids["reader"])

        sent = await streamed(app, own_seeded_url, keys["reader"], revoke)
    assert sent[0]["status"] == 200
    whole = not sent[-1].get("more_body", True)
    assert whole == (again > 0)
    assert (len(sent) == 3) == (not whole)
    assert ("a stream is broken off: The key that was sent does not hold" in caplog.text) == (not whole)
    assert keys["reader"].text not in caplog.text


async def test_a_redirect_is_private_too(own_seeded_url: str) -> None:
    """To another record; whom it may not be told gets none."""
    app = create_app(Settings(database_url=own_seeded_url, reads="private"))
    async with connected(own_seeded_url) as connection:
        await connection.execute(
            "INSERT INTO redirects (resource, key, call_id) SELECT 'calls', 'an-old-slug', id FROM calls LIMIT 1"
        )
    async with app.router.lifespan_context(app), client_of(app) as client:
        keys, _ = await give_out(app.state.database)
        bearing = {"Authorization": f"Bearer {keys['reader'].text}"}
        moved = await client.get("/v1/calls/an-old-slug", headers=bearing)
        assert (moved.status_code, moved.headers["cache-control"]) == (308, "private, no-cache")
        is_refused(await client.get("/v1/calls/an-old-slug"), 401, REALM, keys)


async def test_pages_of_other_origins_may_send_a_key(guarded: Guarded) -> None:
    """Asked beforehand without one, as browsers do; and they may read why they were refused."""
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,if-none-match",
    }
    preflight = await guarded.client.options(CALL, headers=asked)
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")
    assert "Authorization" in preflight.headers["access-control-allow-headers"].split(", ")
    assert "access-control-allow-credentials" not in preflight.headers
    for bearer in ("nobody", "reader"):
        headers = guarded.headers(bearer) | {"Origin": "https://example.org"}
        answer = await guarded.client.get(CALL, headers=headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "WWW-Authenticate" in answer.headers["access-control-expose-headers"].split(", ")
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_database_that_is_down_lets_nobody_in() -> None:
    """503 to whoever sends what may be a key; the process itself is well."""
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none", reads="private"))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get(CALL, headers={"Authorization": f"Bearer {Key.new().text}"})
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems#unavailable")
        assert (await client.get(CALL)).status_code == 401
        assert (await client.get("/healthz")).status_code == 200


def test_the_document_says_where_a_key_is_taken() -> None:
    """By its scheme, the scope, and the answers where it is not the right one; nowhere else."""
    writes = with_writes(Settings()).openapi()
    for document, private in ((DOCUMENT, False), (PRIVATE, True), (writes, False)):
        declared = document["components"].get("securitySchemes", {})
        takes = any("security" in one for methods in document["paths"].values() for one in methods.values())
        assert {name: (scheme["type"], scheme["scheme"]) for name, scheme in declared.items()} == (
            {"key": ("http", "bearer")} if takes else {}
        )
        assert document["security"] == [{}]
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if path == "/written":
                    expected = {"post": "records:write", "delete": "admin"}[method]
                elif method == "get" and not path.startswith("/v1/drafts"):
                    expected = "records:read" if private and path not in OPEN else ""
                else:
                    expected = "records:write"
                assert operation.get("security", []) == ([{"key": []}] if expected else [])
                assert ("It takes a key" in operation["description"]) == bool(expected)
                assert f"with the scope `{expected}`" in operation["description"] or not expected
                refusals = {"401", "403"} & operation["responses"].keys()
                assert refusals == ({"401", "403"} if expected else set())
    shared = PRIVATE["components"]["responses"]
    for name in ("Unauthorised", "Forbidden"):
        assert "WWW-Authenticate" in shared[name]["headers"]
    assert set(shared) == set(DOCUMENT["components"]["responses"]) | {"Unauthorised", "Forbidden"}
    assert PRIVATE["components"]["schemas"] == DOCUMENT["components"]["schemas"]
    assert PRIVATE["components"]["securitySchemes"] == writes["components"]["securitySchemes"]
    headers = PRIVATE["components"]["headers"]
    assert headers == DOCUMENT["components"]["headers"] | {"WWW-Authenticate": headers["WWW-Authenticate"]}
    assert set(writes["components"]["responses"]) >= {"Unauthorised", "Forbidden"}


async def test_the_challenges_are_as_declared(guarded: Guarded) -> None:
    """Each of the three."""
    schema = PRIVATE["components"]["headers"]["WWW-Authenticate"]["schema"]
    seen = set()
    for method, bearer in (("GET", "nobody"), ("GET", "revoked"), ("POST", "reader"), ("DELETE", "writer")):
        path = CALL if method == "GET" else "/written"
        answer = await guarded.client.request(method, path, headers=guarded.headers(bearer))  # type: ignore[arg-type]
        jsonschema.Draft202012Validator(schema).validate(answer.headers["www-authenticate"])
        seen.add(answer.headers["www-authenticate"])
    assert len(seen) == 4
    served = (await guarded.client.get("/openapi.json")).json()
    assert served["paths"]["/v1/calls"]["get"]["security"] == [{"key": []}]


async def test_who_has_the_database_needs_no_key(folder: Path, own_seeded_url: str) -> None:
    """The commands write what they always wrote, where reads are private."""
    settings = {"DATABASE_URL": own_seeded_url}
    public = await run(folder, "export", "calls", **settings)
    private = await run(folder, "export", "calls", TELCON_READS="private", **settings)
    assert public == private
    assert json.loads(private[1].splitlines()[0])["slug"] in CALL
    _, printed, _ = await run(folder, "openapi", TELCON_READS="private")
    assert json.loads(printed) == json.loads(json.dumps(PRIVATE))
