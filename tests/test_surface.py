"""HTTP itself: HEAD, conditional requests, CORS, the pages, and addresses that nobody should send."""

import httpx
import pytest

PATHS = (
    "/",
    "/docs",
    "/problems",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/v1/calls",
    "/v1/calls/2020-03-19-xi-jinping-vladimir-putin",
    "/v1/leaders/Q7747",
    "/v1/statements",
    "/assets/docs.js",
)


@pytest.mark.parametrize("path", PATHS)
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    """Same status, same headers."""
    got, head = await client.get(path), await client.head(path)
    assert got.status_code == head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(got.headers)
    assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [path for path in PATHS if "z" not in path])
async def test_a_tag_saves_the_body(client: httpx.AsyncClient, path: str) -> None:
    """304 to the tag, alone, in a list, or weakened on the way; the whole answer to any other."""
    got = await client.get(path)
    tag = got.headers["etag"]
    for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = await client.get(path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content) == (304, b""), sent
        assert answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == got.headers["cache-control"]
        assert answer.headers["vary"] == got.headers["vary"]
    for sent in ('"other"', tag.strip('"'), ""):
        assert (await client.get(path, headers={"If-None-Match": sent})).status_code == 200
    assert "Accept-Encoding" in got.headers["vary"]


async def test_an_items_tag_starts_with_its_version(client: httpx.AsyncClient) -> None:
    """`"v1.<hash>"`, and the hash is of the whole answer."""
    plain = await client.get("/v1/calls/2020-03-19-xi-jinping-vladimir-putin")
    full = await client.get("/v1/calls/2020-03-19-xi-jinping-vladimir-putin?include=statements")
    assert plain.headers["etag"].startswith('"v1.')
    assert full.headers["etag"].startswith('"v1.')
    assert plain.headers["etag"] != full.headers["etag"]


async def test_reads_are_open_to_pages_of_any_origin(client: httpx.AsyncClient) -> None:
    """CORS for reading, also on refusals, and no more than that."""
    origin = {"Origin": "https://example.org"}
    for path, status in (("/v1/calls", 200), ("/v1/calls?x=1", 422), ("/v1/calls?leader=%zz", 400), ("/none", 404)):
        answer = await client.get(path, headers=origin)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    asked = origin | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "If-None-Match"}
    preflight = await client.options("/v1/calls", headers=asked)
    assert preflight.status_code == 200
    assert "GET" in preflight.headers["access-control-allow-methods"]
    refused = await client.options("/v1/calls", headers=asked | {"Access-Control-Request-Method": "DELETE"})
    assert refused.status_code == 400


async def test_the_start_page_knows_who_asks(client: httpx.AsyncClient) -> None:
    """A page for a browser, links for a client; every link of both works."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await client.get("/", headers=browser)
    assert page.headers["content-type"].startswith("text/html")
    links = (await client.get("/")).json()["links"]
    on_page = {part.split('"')[0].replace("&amp;", "&") for part in page.text.split('href="')[1:]}
    for link in {*links.values(), *on_page}:
        assert (await client.get(link, headers=browser)).status_code == 200, link


async def test_pages_take_everything_from_here(client: httpx.AsyncClient) -> None:
    """No script, style or image of another host, none inline, and a policy that forbids both."""
    for path in ("/", "/docs", "/problems"):
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


async def test_a_host_is_named_once(client: httpx.AsyncClient) -> None:
    """Two names could mean two services to two programs on the way."""
    for headers in ([("Host", "one"), ("Host", "two")], [("Host", "telcon"), ("Host", "telcon")]):
        answer = await client.get("/v1/calls", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems#malformed-request")


async def test_headers_in_several_lines_count_as_one(client: httpx.AsyncClient) -> None:
    """What a client accepts, and the tags it has."""
    tag = (await client.get("/v1/calls")).headers["etag"]
    asked = [("Accept", "text/html"), ("Accept", "application/json"), ("If-None-Match", '"x"'), ("If-None-Match", tag)]
    assert (await client.get("/v1/calls", headers=asked)).status_code == 304
