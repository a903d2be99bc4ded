"""HTTP itself: HEAD, OPTIONS, conditional requests, compression, CORS, the pages, and safe headers."""

import gzip
import html
import json
import re
import sys
import time
from collections.abc import Callable
from urllib.parse import unquote

import brotli
import httpx
import pytest
from fastapi import FastAPI, Request

from app.content import LARGEST_CONTENT
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CALL = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
PAGES = ("/docs", "/problems")
ASSETS = tuple(f"/assets/{name}" for name in ("docs.js", "docs.css", "telcon.css", "icon.svg", "swagger-ui-bundle.js"))
PATHS = (
    "/",
    *PAGES,
    *ASSETS,
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/v1/calls",
    CALL,
    f"{CALL}/claims",
    "/v1/leaders/Q7747",
    "/v1/statements",
)
WRITTEN = {
    "/v1/calls": "GET, HEAD, OPTIONS, POST, PUT",
    "/v1/statements": "GET, HEAD, OPTIONS, POST",
    CALL: "DELETE, GET, HEAD, OPTIONS, PATCH",
    "/v1/leaders/Q7747": "DELETE, GET, HEAD, OPTIONS, PATCH",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PLAIN = {"Accept-Encoding": "identity"}
DECODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}


async def raw(client: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer, and its body as it was sent."""
    request = client.build_request("GET", path, headers={name.replace("_", "-"): headers[name] for name in headers})
    if "Accept_Encoding" not in headers:
        del request.headers["accept-encoding"]
    answer = await client.send(request, stream=True)
    return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["identity", *DECODE])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str, coding: str) -> None:
    """Same status, same headers."""
    headers = {"Accept-Encoding": coding}
    got, head = await client.get(path, headers=headers), await client.head(path, headers=headers)
    assert got.status_code == head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(got.headers)
    assert int(head.headers["content-length"]) > 0


def kept_for(answer: httpx.Response) -> tuple[str, int]:
    """How a cache may keep an answer, and for how many seconds, 0 where it says none."""
    told = answer.headers["cache-control"]
    age = re.search(r"max-age=(\d+)", told)
    return re.sub(r"\d+", "", told), int(age[1]) if age else 0


@pytest.mark.parametrize("path", PATHS)
async def test_a_tag_saves_the_body(client: httpx.AsyncClient, path: str) -> None:
    """304 to the tag, alone, in a list, or weakened on the way; the whole answer to any other."""
    began = time.monotonic()
    got = await client.get(path)
    tag = got.headers["etag"]
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*", f"  {tag}  ,", f'W/"other",W/{tag}'):
        answer = await client.get(path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content) == (304, b""), sent
        assert answer.headers["etag"] == tag
        # A second may have passed of the time for which the answer with the tag was fresh.
        (kept, at_most), (how, left) = kept_for(got), kept_for(answer)
        assert how == kept
        assert at_most - (time.monotonic() - began) - 1 < left <= at_most
        assert answer.headers["vary"] == got.headers["vary"]
    for sent in ('"other"', tag.strip('"'), "", tag[:-2] + '"'):
        assert (await client.get(path, headers={"If-None-Match": sent})).status_code == 200
    assert got.headers["vary"] == "Accept, Accept-Encoding"


async def test_the_other_conditions(client: httpx.AsyncClient) -> None:
    """If-Match is compared strongly and comes first; there are no modification dates and no ranges to ask by."""
    tag = (await client.get(CALL)).headers["etag"]
    plain = (await client.get(CALL, headers=PLAIN)).headers["etag"]
    for sent, status in ((tag, 200), (f'"x", {tag}', 200), (plain, 200), ("*", 200), (f"W/{tag}", 412), ('"x"', 412)):
        assert (await client.get(CALL, headers={"If-Match": sent})).status_code == status, sent
        assert (await client.head(CALL, headers={"If-Match": sent})).status_code == status, sent
    assert (await client.get(CALL, headers={"If-Match": tag, "If-None-Match": tag})).status_code == 304
    assert (await client.get(f"{CALL}-none", headers={"If-Match": "*"})).status_code == 404
    old, new = "Mon, 01 Jan 1990 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
    for name, value in (("If-Modified-Since", new), ("If-Unmodified-Since", old), ("Range", "bytes=0-1")):
        answer = await client.get(CALL, headers={name: value})
        assert (answer.status_code, answer.json()["version"]) == (200, 1), name


async def test_an_items_tag_starts_with_its_version(client: httpx.AsyncClient) -> None:
    """`"v1.<hash>"`, and the hash is of the whole answer."""
    plain = await client.get(CALL, headers=PLAIN)
    full = await client.get(f"{CALL}?include=statements", headers=PLAIN)
    assert plain.headers["etag"].startswith('"v1.')
    assert full.headers["etag"].startswith('"v1.')
    assert plain.headers["etag"] != full.headers["etag"]


@pytest.mark.parametrize("path", [CALL, "/v1/statements", "/openapi.json", "/problems", "/assets/swagger-ui-bundle.js"])
async def test_an_answer_is_compressed(client: httpx.AsyncClient, path: str) -> None:
    """Smaller, the same when unpacked, and under a tag of its own each (RFC 9110, 8.8.3.3)."""
    plain, body = await raw(client, path)
    assert "content-encoding" not in plain.headers
    tags = {plain.headers["etag"]}
    for coding, decode in DECODE.items():
        answer, packed = await raw(client, path, Accept_Encoding=coding)
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) == len(packed) < len(body)
        assert decode(packed) == body
        assert answer.headers["etag"] == f'{plain.headers["etag"][:-1]}-{coding}"'
        assert answer.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding"
        assert answer.headers["content-type"] == plain.headers["content-type"]
        tags.add(answer.headers["etag"])
    assert len(tags) == 4


async def test_a_coding_is_chosen_by_its_weight(client: httpx.AsyncClient) -> None:
    """None for little, unless nothing else will do; and never one that is refused."""
    for path, accept, expected in (
        ("/v1/statements", "gzip, deflate, br, zstd", "zstd"),
        ("/v1/statements", "gzip, br;q=0.9", "gzip"),
        ("/v1/statements", "gzip;q=0", None),
        ("/v1/statements", "gzip;q=0.5, identity", None),
        ("/v1/statements", "zstd;q=0, *;q=0.1", "br"),
        ("/healthz", "gzip", None),
        ("/healthz", "gzip, identity;q=0", "gzip"),
        ("/healthz", "*;q=0, br", "br"),
    ):
        answer, _ = await raw(client, path, Accept_Encoding=accept)
        assert answer.status_code == 200
        assert answer.headers.get("content-encoding") == expected, accept
    for path in PATHS:
        answer = await client.get(path, headers={"Accept-Encoding": "identity;q=0"})
        assert (answer.status_code, answer.json()["type"]) == (406, "/problems#not-acceptable")


async def test_a_tag_of_another_coding(client: httpx.AsyncClient) -> None:
    """It saves the body too, as long as the client still takes that coding, and is the one to go on with."""
    tags = {}
    for coding in ("identity", *DECODE):
        tags[coding] = (await raw(client, CALL, Accept_Encoding=coding))[0].headers["etag"]
    for held, accept, status in (
        ("gzip", "gzip, br", 304),
        ("identity", "gzip, br", 304),
        ("br", "gzip", 200),
        ("gzip", "gzip;q=0, br", 200),
        ("identity", "gzip, identity;q=0", 200),
    ):
        answer, body = await raw(client, CALL, Accept_Encoding=accept, If_None_Match=tags[held])
        assert (answer.status_code, body == b"") == (status, status == 304), (held, accept)
        assert (answer.headers["etag"] == tags[held]) == (status == 304)
    every = ", ".join(tags.values())
    answer, _ = await raw(client, CALL, Accept_Encoding="br, gzip;q=0.1", If_None_Match=every)
    assert (answer.status_code, answer.headers["etag"]) == (304, tags["br"])


async def test_what_an_address_allows(client: httpx.AsyncClient) -> None:
    """OPTIONS tells it without content; nowhere there is nothing to tell."""
    for path in PATHS:
        answer = await client.options(path)
        assert (answer.status_code, answer.content) == (204, b""), path
        assert answer.headers["allow"] == WRITTEN.get(path, "GET, HEAD, OPTIONS")
        assert "content-length" not in answer.headers
    assert (await client.options("/nowhere")).status_code == 404


async def test_what_several_routes_allow_together() -> None:
    """The Allow of a 405 is theirs together, and not that of the first one."""
    app = create_app(Settings())
    app.add_api_route("/v1/calls", lambda: None, methods=["POST"])
    app.add_api_route("/v1/{name}", lambda: None, methods=["PATCH"])
    async with client_of(app) as client:
        answer = await client.delete("/v1/calls")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, PATCH, POST, PUT")


async def test_reads_are_open_to_pages_of_any_origin(client: httpx.AsyncClient) -> None:
    """CORS for reading, also on refusals, and no more than that; the same whether or not an origin is told."""
    origin = {"Origin": "https://example.org"}
    for path, status in (("/v1/calls", 200), ("/v1/calls?x=1", 422), ("/v1/calls?leader=%zz", 400), ("/none", 404)):
        answer, without = await client.get(path, headers=origin), await client.get(path)
        assert answer.status_code == status
        assert answer.headers == without.headers
        assert answer.headers["access-control-allow-origin"] == "*"
        assert {"ETag", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        assert "access-control-allow-credentials" not in answer.headers
    asked = origin | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "If-None-Match, accept"}
    preflight = await client.options("/v1/calls", headers=asked)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]
    assert int(preflight.headers["access-control-max-age"]) > 0
    assert "Access-Control-Request-Method" in preflight.headers["vary"]
    assert "access-control-allow-credentials" not in preflight.headers
    for more in ({"Access-Control-Request-Method": "DELETE"}, {"Access-Control-Request-Headers": "x-other"}):
        refused = await client.options("/v1/calls", headers=asked | more)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems#cross-origin-refused")
        assert "access-control-allow-methods" not in refused.headers


async def test_every_answer_has_safe_headers(client: httpx.AsyncClient) -> None:
    """Nothing is sniffed, framed or told onwards, of whatever status; pages may use what is their own, and no more."""
    for path in (*PATHS, "/none", "/v1/calls?x=1", "/v1/calls?leader=%zz"):
        answer = await client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert ("script-src" in policy) == (path in PAGES)
        assert answer.headers["cross-origin-resource-policy"] == ("same-origin" if path in PAGES else "cross-origin")
        assert ("cross-origin-opener-policy" in answer.headers) == (path in PAGES)
        assert ("permissions-policy" in answer.headers) == (path in PAGES)
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


async def test_the_start_page_knows_who_asks(client: httpx.AsyncClient) -> None:
    """A page for a browser, links for a client; every link of both works."""
    page = await client.get("/", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    links = (await client.get("/")).json()["links"]
    on_page = {part.split('"')[0].replace("&amp;", "&") for part in page.text.split('href="')[1:]}
    for link in {*links.values(), *on_page}:
        assert (await client.get(link, headers=BROWSER)).status_code == 200, link
    assert (await client.get("/", headers={"Accept": "text/html;q=0.1, application/json"})).json()["name"] == "Telcon"


async def test_each_address_answers_in_its_media_type(client: httpx.AsyncClient) -> None:
    """And in no other."""
    for path in PATHS:
        kind = (await client.get(path)).headers["content-type"].partition(";")[0]
        for accept in (kind, f"{kind};charset=utf-8", f"image/png, {kind.partition('/')[0]}/*;q=0.1"):
            assert (await client.get(path, headers={"Accept": accept})).status_code == 200, (path, accept)
        for accept in ("font/woff", f"{kind};q=0, */*" if path != "/" else "*/*;q=0"):
            answer = await client.get(path, headers={"Accept": accept})
            assert (answer.status_code, answer.json()["type"]) == (406, "/problems#not-acceptable"), (path, accept)


async def test_pages_take_everything_from_here(client: httpx.AsyncClient) -> None:
    """No script, style or image of another host, none inline, and a policy that forbids both."""
    for path in ("/", *PAGES):
        page = await client.get(path, headers={"Accept": "text/html"})
        assert "https://" not in page.text
        assert "http://" not in page.text
        assert "<script>" not in page.text
        assert "style=" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for part in page.text.split('"/assets/')[1:]:
            asset = await client.get("/assets/" + part.split('"')[0])
            assert asset.status_code == 200
            assert "max-age=" in asset.headers["cache-control"]


async def test_every_link_of_the_pages_works(client: httpx.AsyncClient) -> None:
    """Each leads to something here, each question finds records, and what is written beside it is what is asked."""
    for path, count in (("/", 20), ("/docs", 8), ("/problems", 6)):
        page = (await client.get(path, headers=BROWSER)).text
        links = [html.unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', page)]
        assert len(links) >= count
        for link in links:
            assert re.match("/(?!/)", link)
            answer = await client.get(link, headers=BROWSER)
            assert answer.status_code == 200, link
            assert not link.startswith("/v1/") or answer.json()["data"], link
        questions = re.findall(r'<a href="([^"]*)">[^<]*<code>([^<]*)</code>', page)
        assert bool(questions) == (path == "/")
        for link, written in questions:
            assert unquote(link) == written


@pytest.mark.parametrize("name", ["telcon.css", "docs.css", "docs.js"])
async def test_what_pages_are_made_of_names_no_other_host(client: httpx.AsyncClient, name: str) -> None:
    """No font, no script, no picture from elsewhere."""
    assert "//" not in re.sub(r"(?m)^\s*// .*$", "", (await client.get(f"/assets/{name}")).text)


async def test_headers_in_several_lines_count_as_one(client: httpx.AsyncClient) -> None:
    """What a client accepts, and the tags it has."""
    tag = (await client.get("/v1/calls")).headers["etag"]
    asked = [("Accept", "text/html"), ("Accept", "application/json"), ("If-None-Match", '"x"'), ("If-None-Match", tag)]
    assert (await client.get("/v1/calls", headers=asked)).status_code == 304


async def test_links_lead_to_the_same_host(client: httpx.AsyncClient) -> None:
    """Whichever the client claims: they name none."""
    answer = await client.get("/v1/statements?limit=1", headers={"Host": "elsewhere.example"})
    assert answer.headers["link"].startswith("</v1/statements?limit=1&cursor=")


async def test_content_is_counted_while_it_is_read() -> None:
    """413 for too much in chunks, where a route reads it; what it reads to the end keeps the connection."""
    app: FastAPI = create_app(Settings())

    @app.post("/taken")
    async def take(request: Request) -> int:
        return len(await request.body())

    async def chunks(count: int) -> object:
        for _ in range(count):
            yield b"x" * 1024

    most = LARGEST_CONTENT // 1024
    async with client_of(app) as client:
        taken = await client.post("/taken", content=chunks(most))  # type: ignore[arg-type]
        assert (taken.status_code, taken.json()) == (200, LARGEST_CONTENT)
        assert "connection" not in taken.headers
        for method, path, count, kind in (
            ("POST", "/taken", most + 1, "content-too-large"),
            ("DELETE", "/v1/calls", 1, "method-not-allowed"),
            ("GET", "/v1/calls", 1, "unsupported-media-type"),
        ):
            answer = await client.request(method, path, content=chunks(count))  # type: ignore[arg-type]
            assert answer.json()["type"] == f"/problems#{kind}"
            assert answer.headers["connection"] == "close"
        announced = await client.post("/taken", content=b"x" * (LARGEST_CONTENT + 1))
        assert announced.json()["type"] == "/problems#content-too-large"
        # Nothing of it was read, and nothing of what is refused for another reason.
        assert announced.headers["connection"] == "close"
        assert "connection" not in (await client.get("/v1/calls?leader=%zz")).headers


async def test_a_fault_of_ours_is_answered_like_any_other() -> None:
    """With the same headers, and as the problem that it is."""
    app = create_app(Settings())

    @app.get("/fault")
    async def fail() -> None:
        raise ZeroDivisionError

    async with client_of(app) as client:
        answer = await client.get("/fault")
        assert (answer.status_code, json.loads(answer.content)["type"]) == (500, "/problems#internal-error")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"
