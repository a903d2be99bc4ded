"""What requests bring: JSON that can be read in one way only, of the kind and size that is taken, and merge patches."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pydantic_core
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app import bodies
from app.bodies import as_document
from app.calls.schemas import CallIn
from app.content import LARGEST_CONTENT
from app.json_texts import DEEPEST, MOST_VALUES, read_json
from app.main import Service
from app.patches import apply_merge_patch
from app.problems import MOST_FAULTS, InvalidRequest, MalformedRequest, Problem
from tests.conftest import client_of, create_database
from tests.test_framing import listening, talk
from tests.test_problems import is_problem
from tests.writes import writable

JSON, PATCH = "application/json", "application/merge-patch+json"
SECRET = b"5ecret"
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    # As UTF-8 has them.
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
async def service(server: str, migrated: str) -> AsyncIterator[Service]:
    """A service that writes things."""
    async with writable(await create_database(server, migrated)) as app:
        yield app


@pytest.fixture
async def writer(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it."""
    async with client_of(service) as client:
        yield client


def faults_of(written: bytes) -> list[tuple[str, str]]:
    """What is wrong with a JSON text, and where."""
    with pytest.raises(InvalidRequest) as caught:
        read_json(written)
    return [(fault["pointer"], fault["detail"]) for fault in caught.value.members["errors"]]


NO_JSON = {
    "nothing": b"",
    "white space": b" \r\n\t",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without its mark": '{"a": 1}'.encode("utf-16-le"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "an overlong encoding": b'{"a": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "half an object": b'{"a": 1',
    "two values": b"{} {}",
    "a comma at the end": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b'{"a": 1} // x',
    "a line feed in a text": b'"a\nb"',
    "a NUL": b'"a\x00b"',
    "NaN": b'{"a": NaN}',
    "infinity": b"[Infinity]",
    "less than infinity": b"[-Infinity]",
    "a leading zero": b"[01]",
    "a plus": b"[+1]",
    "hexadecimal": b"[0x10]",
    "a bare point": b"[1.]",
    "a word": b"[True]",
    "an escape that is none": b'["\\x41"]',
    "half an escape": b'["\\u12"]',
    "white space that JSON has not": b"\xc2\xa0{}",
}


@pytest.mark.parametrize("written", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json(written: bytes) -> None:
    """400: the syntax is wrong, as Pydantic's reader says too."""
    with pytest.raises(MalformedRequest):
        read_json(written)
    if written.strip():
        with pytest.raises(ValueError, match=r"."):
            pydantic_core.from_json(written, allow_inf_nan=False)


def test_what_could_be_read_in_two_ways() -> None:
    """422, with the pointer to each fault."""
    twice, untold = "is given more than once", "holds a NUL character or half a surrogate pair"
    assert faults_of(b'{"a": 1, "b": {"c/~": 1, "c/~": 1, "c/~": 2}, "a": 1}') == [("/a", twice), ("/b/c~1~0", twice)]
    assert faults_of(b'[{"a": 1, "\\u0061": 2}]') == [("/0/a", twice)]
    assert faults_of(b'{"a": ["\\u0000", "\\\\u0000", "x\\ud800y", "\\udc00\\ud800", "\\ud83d\\ude00"]}') == [
        ("/a/0", untold),
        ("/a/2", untold),
        ("/a/3", untold),
    ]
    assert faults_of(b'{"a": {"\\u0000": "\\u0000"}}') == [
        ("/a", "has a member whose name holds a NUL character or half a surrogate pair")
    ]
    assert faults_of(b"[1e999, -1e999, 99999999999999999999, 1e308, 9223372036854775807, -9223372036854775808]") == [
        (f"/{place}", "is a number out of range") for place in (0, 1, 2)
    ]
    assert faults_of(b"-" + b"9" * 5000) == [("", "is a number out of range")]


def test_depth() -> None:
    """However deep: neither the stack nor the time is spent."""
    too_deep = f"is nested deeper than {DEEPEST} levels"
    for opening, inner, closing in ((b"[", b"", b"]"), (b'{"a":', b"1", b"}")):
        read_json(opening * DEEPEST + inner + closing * DEEPEST)
        for depth in (DEEPEST + 1, 500, 50_000):
            (fault,) = faults_of(opening * depth + inner + closing * depth)
            assert fault[1] == too_deep
        (fault,) = faults_of(opening * (MOST_VALUES + 1))
        assert fault == ("", f"has more than {MOST_VALUES:,} values")


def test_faults_are_told_up_to_a_bound() -> None:
    assert len(faults_of(b"[" + b",".join([b'"\\u0000"'] * 1000) + b"]")) == MOST_FAULTS


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_everything_else_is_read(value: Any, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    """As Python's reader and Pydantic's do, escaped or not."""
    written = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert read_json(written) == value
    assert pydantic_core.from_json(written) == value


@given(st.binary(max_size=12) | st.text('{}[]",:\\u0019eE+-.tfn \x00é', max_size=12).map(str.encode))
def test_no_other_reader_takes_more(written: bytes) -> None:
    """What Pydantic's reader refuses is refused before, and never by any other error."""
    try:
        read_json(written)
    except (InvalidRequest, MalformedRequest):
        return
    pydantic_core.from_json(written, allow_inf_nan=False)


def test_every_fault_of_a_document_is_told() -> None:
    """By pointers into it, in words that do not repeat it."""
    written = {
        "slug": "Not A Slug",
        "id": "5ecret",
        "title": "",
        "colour": "red",
        "date": {"edtf": "2020-03-19", "basis": "stated"},
        "participants": [{"ref": "xi", "role": "5ecret"}, {"ref": "a b"}],
        "claims": [{"field": "channel", "value": "5ecret", "basis": "stated"}, {"field": "5ecret"}],
    }
    with pytest.raises(InvalidRequest) as caught:
        as_document(TypeAdapter(CallIn), json.dumps(written).encode())
    errors = caught.value.members["errors"]
    assert {
        "/slug",
        "/id",
        "/title",
        "/colour",
        "/date/basis",
        "/participants/0/role",
        "/participants/1/ref",
        "/claims/0/value",
        "/claims/1/field",
    } == {error["pointer"] for error in errors}
    assert "5ecret" not in json.dumps(errors)


PATCHES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "patched"), PATCHES)
def test_the_examples_of_the_standard(target: Any, patch: Any, patched: Any) -> None:
    """Every one of RFC 7396, appendix A; what is patched stays as it was."""
    before = json.dumps([target, patch])
    assert apply_merge_patch(target, patch) == patched
    assert json.dumps([target, patch]) == before


def without_nulls(value: Any) -> Any:
    """A value whose objects have no null for a member, except within arrays."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return value


def difference(before: Any, after: Any) -> Any:
    """A patch that makes one value of another."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    changed = {name: difference(before.get(name), member) for name, member in after.items()}
    return dict.fromkeys(before.keys() - after.keys()) | changed


@given(VALUES, VALUES)
def test_patches(target: Any, patch: Any) -> None:
    """Twice is once; what a patch says is there, what it removes is not, and any change can be told by one."""
    patched = apply_merge_patch(target, patch)
    assert apply_merge_patch(patched, patch) == patched
    if isinstance(patch, dict):
        assert isinstance(patched, dict)
        kept = target if isinstance(target, dict) else {}
        assert patched.keys() == kept.keys() - patch.keys() | {name for name in patch if patch[name] is not None}
        assert all(patched[name] == kept[name] for name in kept.keys() - patch.keys())
    after = without_nulls(patch)
    assert apply_merge_patch(without_nulls(target), difference(without_nulls(target), after)) == after


async def test_a_document_is_written(writer: httpx.AsyncClient) -> None:
    """In JSON, with or without the name of its only charset, and in chunks."""

    async def in_chunks() -> AsyncIterator[bytes]:
        for part in (b'{"slug": "chunked"', b', "size": 1}'):
            yield part

    for number, media_type in enumerate((JSON, f"{JSON}; charset=utf-8", f'{JSON} ;charset="UTF-8";', JSON.upper())):
        content = f'{{"slug": "kind-{number}", "size": 1, "parts": ["{"0" * 32}"]}}'
        answer = await writer.post("/things", content=content, headers={"Content-Type": media_type})
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"/things/kind-{number}"
        assert answer.headers["etag"].startswith('"v1.')
    answer = await writer.post("/things", content=in_chunks(), headers={"Content-Type": JSON})
    assert answer.status_code == 201
    tag = {"If-Match": answer.headers["etag"], "Content-Type": f"{PATCH};charset=utf-8"}
    answer = await writer.patch("/things/chunked", content=b'{"size": 7, "colour": null}', headers=tag)
    assert (answer.status_code, answer.json()["size"]) == (200, 7)


@pytest.mark.parametrize(
    ("method", "media_type", "told"),
    [
        ("POST", None, ("accept-post", JSON)),
        ("POST", "text/plain", ("accept-post", JSON)),
        ("POST", "application/x-www-form-urlencoded", ("accept-post", JSON)),
        ("POST", PATCH, ("accept-post", JSON)),
        ("POST", f"{JSON}; charset=utf-16", ("accept-post", JSON)),
        ("POST", f"{JSON}; charset=iso-8859-1", ("accept-post", JSON)),
        ("POST", f"{JSON}x", ("accept-post", JSON)),
        ("POST", f"{JSON}, text/plain", ("accept-post", JSON)),
        ("PUT", PATCH, ("accept", JSON)),
        ("PATCH", JSON, ("accept-patch", PATCH)),
        ("PATCH", "application/json-patch+json", ("accept-patch", PATCH)),
    ],
)
async def test_content_of_another_kind(
    writer: httpx.AsyncClient, method: str, media_type: str | None, told: tuple[str, str]
) -> None:
    """415 that says which kind is taken."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    path = "/things" if method == "POST" else "/things/none"
    answer = await writer.request(method, path, content=b'{"slug": "other", "size": 1}', headers=headers)
    is_problem(answer, "unsupported-media-type")
    assert answer.headers[told[0]] == told[1]


async def test_content_in_a_coding(writer: httpx.AsyncClient) -> None:
    """415; as it is will do, also when that is said."""
    for coding, status in (("gzip", 415), ("identity, gzip", 415), ("zstd", 415), ("", 415), ("Identity", 201)):
        headers = {"Content-Type": JSON, "Content-Encoding": coding}
        answer = await writer.post("/things", content=b'{"slug": "coded", "size": 1}', headers=headers)
        assert answer.status_code == status, coding
        assert (answer.headers.get("accept-encoding") == "identity") == (status == 415)


async def test_nothing_is_taken_with_a_removal(writer: httpx.AsyncClient) -> None:
    answer = await writer.request("DELETE", "/things/none", content=b"{}", headers={"Content-Type": JSON})
    is_problem(answer, "unsupported-media-type")
    assert (await writer.request("DELETE", "/things/none", headers={"Content-Length": "0"})).status_code == 204


@pytest.mark.parametrize(
    "content",
    [
        b'{"slug": "a", "size": 1, "size": "5ecret"}',
        b'{"slug": "5ecret\\u0000", "size": 1}',
        b'{"slug": "5ecret\\ud800", "size": 1}',
        b'{"slug": "a", "size": 5ecret}',
        b'{"slug": "5ecret!", "size": "5ecret", "parts": ["5ecret"]}',
        b'["5ecret"]',
        b'"5ecret"',
        b"5ecret",
        b'\xff"5ecret"',
        b'{"slug": "a", "size": NaN, "colour": "5ecret"}',
        b'{"slug": "a", "size": 1e999, "colour": "5ecret"}',
        b"[" * 100_000 + SECRET,
    ],
)
async def test_nothing_that_is_refused_comes_back(writer: httpx.AsyncClient, content: bytes) -> None:
    """Neither in the problem nor in a header; and PATCH refuses it like POST."""
    for method, path, kind in (("POST", "/things", JSON), ("PUT", "/things/a", JSON), ("PATCH", "/things/a", PATCH)):
        answer = await writer.request(method, path, content=content, headers={"Content-Type": kind})
        assert answer.status_code in {400, 404, 422}, answer.text
        assert answer.status_code != 404 or method == "PATCH"
        assert b"5ecret" not in answer.content
        is_problem(answer, answer.json()["type"].removeprefix("/problems#"))


async def test_a_patch_must_fit(writer: httpx.AsyncClient) -> None:
    """What it makes of the record is held to the same rules; any patch but an object is refused."""
    await writer.post("/things", content=b'{"slug": "patched", "size": 1}', headers={"Content-Type": JSON})
    for patch, faults in (
        (b'{"size": null, "slug": "X"}', {"/size", "/slug"}),
        (b'{"colour": {"a": 1}}', {"/colour"}),
        (b'{"other": 1}', {"/other"}),
        (b"[1]", {""}),
        (b"null", {""}),
    ):
        headers = {"Content-Type": PATCH, "If-Match": "*"}
        problem = is_problem(await writer.patch("/things/patched", content=patch, headers=headers), "invalid-request")
        assert {fault["pointer"] for fault in problem["errors"]} == faults


async def test_the_largest_content(service: Service, writer: httpx.AsyncClient) -> None:
    """Over a connection: what fits is read, what is announced or sent beyond is a 413."""
    filling = b" " * (LARGEST_CONTENT - 40)
    fits = b'{"slug": "large", "size": 1}' + filling
    head = b"POST /things HTTP/1.1\r\nHost: telcon\r\nContent-Type: application/json\r\nConnection: close\r\n"
    async with listening(service.framework) as place:
        for content, status in ((fits, b"201"), (fits + b" " * 100, b"413")):
            whole = head + b"Content-Length: %d\r\n\r\n" % len(content)
            assert (await talk(place, whole, content)).startswith(b"HTTP/1.1 " + status)
        content = b'{"slug": "larger", "size": 1}' + filling + b" " * 100
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
        chunked = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
        assert (await talk(place, chunked)).startswith(b"HTTP/1.1 413")
    assert (await writer.request("DELETE", "/things/large", headers={"If-Match": "*"})).status_code == 204


async def test_content_that_does_not_come(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """408 after a time, and the connection is closed; a client that leaves is no fault of ours."""
    monkeypatch.setattr(bodies, "CONTENT_SECONDS", 0.2)
    head = b"POST /things HTTP/1.1\r\nHost: telcon\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    async with listening(service.framework) as place:
        got = await talk(place, head + b'{"slug"')
        assert got.startswith(b"HTTP/1.1 408")
        assert b"\r\nconnection: close\r\n" in got.lower()
        reader, writer = await asyncio.open_connection(place.host, place.port)
        writer.write(head + b'{"slug"')
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await reader.read() == b""
        await asyncio.sleep(0.05)


def repeated(part: bytes, opening: bytes, closing: bytes) -> bytes:
    """As many values of a kind as are let through, or as fit."""
    count = min(MOST_VALUES - 10, (LARGEST_CONTENT - 100) // (len(part) + 1)) // (1 + part.count(b"["))
    return opening + b",".join([part] * count) + closing


HOSTILE: dict[str, Callable[[], bytes]] = {
    "numbers": lambda: repeated(b"1", b'{"slug": [', b"]}"),
    "arrays": lambda: repeated(b"[]", b'{"slug": [', b"]}"),
    "members": lambda: b"{" + b",".join(b'"%d":0' % number for number in range(MOST_VALUES - 10)) + b"}",
    "doubled members": lambda: repeated(b'"a":0', b"{", b"}"),
    "escapes": lambda: b'{"slug": "' + b"\\u00e9" * (LARGEST_CONTENT // 6 - 10) + b'"}',
    "NULs": lambda: repeated(b'"\\u0000"', b"[", b"]"),
    "statements": lambda: repeated(b"{}", b'{"statements": [', b"]}"),
    "depth": lambda: b"[" * (MOST_VALUES - 1),
    "digits": lambda: repeated(b"9" * 32, b"[", b"]"),
    "a text": lambda: b'"' + b"x" * (LARGEST_CONTENT - 2) + b'"',
}


def read_call(content: bytes) -> CallIn:
    """Read as a request's content is."""
    read_json(content)
    return as_document(TypeAdapter(CallIn), content)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_content_holds_nobody_up_for_long(name: str) -> None:
    """However it is made, reading it takes a bounded time; the bound is far over what it was measured at."""
    content = HOSTILE[name]()
    assert len(content) <= LARGEST_CONTENT
    start = time.process_time()
    with pytest.raises(Problem):
        read_call(content)
    assert time.process_time() - start < 5


async def test_things_are_not_written_by_what_is_refused(writer: httpx.AsyncClient) -> None:
    """A refused request leaves nothing behind."""
    answer = await writer.post("/things", content=b'{"slug": "no", "size": -1}', headers={"Content-Type": JSON})
    assert is_problem(answer, "invalid-request")["errors"][0]["pointer"] == "/size"
    assert (await writer.patch("/things/no", content=b"{}", headers={"Content-Type": PATCH})).status_code == 404
