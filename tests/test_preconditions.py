"""What a request says before it writes: which version it changes, that there is none yet, and why it changes it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from app.main import Service
from app.notes import LONGEST_NOTE, change_note
from app.preconditions import Precondition
from app.problems import InvalidRequest, PreconditionFailed, PreconditionRequired
from tests.conftest import client_of
from tests.test_problems import is_problem
from tests.writes import writable

JSON, PATCH = "application/json", "application/merge-patch+json"
HASH = "9f86d081884c7d659a2feaa0c55ad015"


@pytest.fixture
async def writer(empty_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that writes things, of which there is one."""
    async with writable(empty_url) as service, client_of(service) as client:
        assert (await post(client, "there")).status_code == 201
        yield client


async def post(client: httpx.AsyncClient, slug: str, **headers: str) -> httpx.Response:
    """Write a thing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/things", json={"slug": slug, "size": 1}, headers=named)


async def patch(client: httpx.AsyncClient, size: int, *tags: str, slug: str = "there") -> httpx.Response:
    """Change one."""
    headers = [("Content-Type", PATCH), *(("If-Match", tag) for tag in tags)]
    return await client.patch(f"/things/{slug}", content=f'{{"size": {size}}}', headers=headers)


def request(**headers: bytes | list[bytes]) -> Request:
    """A request with headers."""
    given = [
        (name.replace("_", "-").encode(), value)
        for name, values in headers.items()
        for value in ([values] if isinstance(values, bytes) else values)
    ]
    return Request({"type": "http", "method": "PATCH", "headers": given})


def met(version: int | None, **headers: bytes | list[bytes]) -> str:
    """How a precondition turns out for a record of a version."""
    try:
        Precondition.of(request(**headers)).check(version)
    except PreconditionFailed:
        return "failed"
    except PreconditionRequired:
        return "required"
    return "met"


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        ('"v3.{h}"', "met"),
        ('"v3.{h}-gzip"', "met"),
        # The version is compared, so that a change of what else the answer shows is none of the record.
        ('"v3.other"', "met"),
        ("*", "met"),
        ('"v2.{h}"', "failed"),
        ('"v33.{h}"', "failed"),
        ('"v03.{h}"', "failed"),
        ('"v3"', "failed"),
        ('"3"', "failed"),
        ('"{h}"', "failed"),
        ('W/"v3.{h}"', "failed"),
        ('w/"v3.{h}"', "failed"),
        ('W/"v3.{h}", "v3.{h}"', "met"),
        ('"x", "v2.{h}" ,\t"v3.{h}",', "met"),
        (',, "v3.{h}"', "met"),
        ('"a,b", "v3.{h}"', "met"),
        # No list of tags at all.
        ("v3.{h}", "failed"),
        ('"v3.{h}" "x"', "failed"),
        ('W/ "v3.{h}"', "failed"),
        ('"v3.{h}', "failed"),
        ('*, "v3.{h}"', "failed"),
        ("**", "failed"),
        ("", "failed"),
    ],
)
def test_if_match(tags: str, outcome: str) -> None:
    """Compared strongly, by the version; of a record that is not there it names nothing."""
    given = tags.replace("{h}", HASH).encode()
    assert met(3, if_match=given) == outcome
    assert met(None, if_match=given) == "failed"


def test_if_match_in_several_lines() -> None:
    """They count as one."""
    assert met(3, if_match=[b'"x"', b'"v3.y"']) == "met"
    assert met(3, if_match=[b'"x"', b"*"]) == "failed"


def test_if_none_match() -> None:
    """Only `*` has a meaning: to create, and nothing else."""
    assert met(None, if_none_match=b"*") == "met"
    assert met(3, if_none_match=b"*") == "failed"
    assert met(3, if_none_match=b"*", if_match=b"*") == "failed"
    assert met(None, if_none_match=b"*", if_match=b"*") == "failed"
    with pytest.raises(InvalidRequest) as caught:
        Precondition.of(request(if_none_match=b'"v3.x"'))
    assert caught.value.members["errors"][0]["parameter"] == "If-None-Match"


def test_without_any() -> None:
    assert met(None) == "met"
    assert met(3) == "required"


@given(st.integers(1, 2**31 - 1), st.lists(st.tuples(st.booleans(), st.integers(1, 2**31 - 1)), max_size=5))
def test_any_list_of_tags(version: int, listed: list[tuple[bool, int]]) -> None:
    """One strong tag of the version is enough, and needed."""
    tags = ", ".join(f'{"W/" * weak}"v{number}.x"' for weak, number in listed)
    assert met(version, if_match=tags.encode()) == ("met" if (False, version) in listed else "failed")


async def test_a_change_names_what_it_changes(writer: httpx.AsyncClient) -> None:
    """428 without, 412 with another, 404 where there is nothing to change; a change leaves a new tag."""
    is_problem(await patch(writer, 2), "precondition-required")
    changed = await patch(writer, 2, "*")
    assert changed.headers["etag"].startswith('"v2.')
    is_problem(await patch(writer, 3, f'"v1.{HASH}"'), "precondition-failed")
    is_problem(await patch(writer, 3, f"W/{changed.headers['etag']}"), "precondition-failed")
    assert (await patch(writer, 3, f'"v1.{HASH}"', changed.headers["etag"])).status_code == 200
    is_problem(await patch(writer, 3, slug="none"), "not-found")
    is_problem(await writer.delete("/things/there"), "precondition-required")
    is_problem(await writer.delete("/things/there", headers={"If-Match": f'"v2.{HASH}"'}), "precondition-failed")
    assert (await writer.delete("/things/there", headers={"If-Match": f'"v3.{HASH}"'})).status_code == 204


async def test_to_create_and_nothing_else(writer: httpx.AsyncClient) -> None:
    """By POST and by PUT; without it PUT creates too, and changes what it names."""
    is_problem(await post(writer, "there", If_None_Match="*"), "precondition-failed")
    assert (await post(writer, "new", If_None_Match="*")).status_code == 201
    is_problem(await post(writer, "new"), "conflict")
    is_problem(await post(writer, "newer", If_Match="*"), "precondition-failed")
    document = {"slug": "put", "size": 1}
    for headers, status in (
        ({"If-Match": "*"}, 412),
        ({"If-None-Match": "*"}, 201),
        ({"If-None-Match": "*"}, 412),
        ({}, 428),
        ({"If-Match": '"v1.x"'}, 200),
        ({"If-Match": '"v1.x"'}, 412),
        ({"If-None-Match": '"v1.x"'}, 422),
    ):
        assert (await writer.put("/things/put", json=document, headers=headers)).status_code == status


async def test_many_changes_of_one_version(writer: httpx.AsyncClient) -> None:
    """One is made; the others learn that it was."""
    tag = f'"v1.{HASH}"'
    answers = await asyncio.gather(*(patch(writer, size, tag) for size in range(2, 34)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 31
    assert (await patch(writer, 99, f'"v2.{HASH}"')).status_code == 200


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (b"Corrected the date.", "Corrected the date."),
        ("Названо по-русски, 改正".encode(), "Названо по-русски, 改正"),
        (b"  spaces around \t", "spaces around"),
        (b"x" * LONGEST_NOTE, "x" * LONGEST_NOTE),
        ("é".encode() * LONGEST_NOTE, "é" * LONGEST_NOTE),
    ],
)
def test_a_note(given: bytes, note: str) -> None:
    assert change_note(request(x_change_note=given)) == note


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b" \t",
        "é".encode("latin-1"),
        b"\xed\xa0\x80",
        b"x" * (LONGEST_NOTE + 1),
        b"tab\tinside",
        b"a\x00b",
        b"\x1b[31m",
        "next\u0085line".encode(),
        b"\x7f",
        [b"one", b"two"],
    ],
)
def test_a_note_that_is_none(given: bytes | list[bytes]) -> None:
    """Told by the header's name."""
    with pytest.raises(InvalidRequest) as caught:
        change_note(request(x_change_note=given))
    assert caught.value.members["errors"][0]["parameter"] == "X-Change-Note"


def test_no_note() -> None:
    assert change_note(request()) is None


async def test_a_note_arrives(writer: httpx.AsyncClient) -> None:
    """As the bytes of its UTF-8."""
    headers = {"X-Change-Note": "改正".encode()}
    answer = await writer.post("/things", json={"slug": "noted", "size": 1}, headers=headers)  # type: ignore[arg-type]
    assert answer.json()["note"] == "改正"


EDITOR, OTHER = "https://edit.example.org", "https://example.org"
WRITING = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Change-Note"


@pytest.fixture
async def opened(empty_url: str) -> AsyncIterator[Service]:
    """A service that pages of one origin may write to."""
    async with writable(empty_url, (EDITOR,)) as service:
        yield service


async def preflight(client: httpx.AsyncClient, origin: str, method: str, headers: str = "") -> httpx.Response:
    """What a browser asks before it sends a page's request."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return await client.options("/things", headers=asked)


async def test_pages_of_named_origins_may_write(opened: Service) -> None:
    """They are told so by name, and what the answer is; whoever else is not."""
    async with client_of(opened) as client:
        for method in ("POST", "PUT", "PATCH", "DELETE", "GET"):
            answer = await preflight(client, EDITOR, method, WRITING.lower().replace(" ", ""))
            assert answer.status_code == 204
            assert answer.headers["access-control-allow-origin"] == EDITOR
            assert method in answer.headers["access-control-allow-methods"].split(", ")
            allowed = answer.headers["access-control-allow-headers"].split(", ")
            assert set(WRITING.split(", ")) <= set(allowed)
            assert "Origin" in answer.headers["vary"].split(", ")
            assert "access-control-allow-credentials" not in answer.headers
        is_problem(await preflight(client, EDITOR, "POST", "X-Other"), "cross-origin-refused")
        is_problem(await preflight(client, EDITOR, "TRACE"), "cross-origin-refused")
        for origin in (OTHER, "null", f"{EDITOR}:443", EDITOR.upper(), f"{EDITOR}.evil.example", ""):
            for method, headers in (("POST", ""), ("DELETE", "Authorization"), ("GET", "Idempotency-Key")):
                refused = await preflight(client, origin, method, headers)
                is_problem(refused, "cross-origin-refused")
                assert EDITOR not in refused.text + str(refused.headers)
            answer = await post(client, f"a{abs(hash(origin))}", Origin=origin)
            assert answer.status_code == 201
            assert "access-control-allow-origin" not in answer.headers
            assert answer.headers["vary"] == "Origin"
        for slug, status in (("new", 201), ("new", 409)):
            answer = await post(client, slug, Origin=EDITOR)
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == EDITOR
            assert answer.headers["vary"] == "Origin"
            exposed = answer.headers["access-control-expose-headers"].split(", ")
            assert {"ETag", "Location", "Retry-After", "Idempotency-Replayed"} <= set(exposed)
        answer = await client.get("/things", headers={"Origin": EDITOR})
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_nobody_may_write_unless_named(writer: httpx.AsyncClient) -> None:
    is_problem(await preflight(writer, EDITOR, "POST"), "cross-origin-refused")
    assert "access-control-allow-origin" not in (await post(writer, "new", Origin=EDITOR)).headers
