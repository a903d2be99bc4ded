"""What a client would have: the weights of Accept and Accept-Encoding."""

import pytest

from app.negotiation import codings, media_type

JSON, HTML = "application/json", "text/html"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        # Nothing said, or nothing that can be read: the service chooses.
        ("", JSON),
        ("nonsense", JSON),
        ("*", JSON),
        ("text/html;q=evil, ;;", JSON),
        ("*/json", JSON),
        # The highest weight; of equal ones what is offered first.
        ("*/*", JSON),
        ("text/html", HTML),
        ("text/*", HTML),
        ("text/html, application/json", JSON),
        ("application/json;q=0.5, text/html;q=0.6", HTML),
        ("application/json;q=0.6, text/html;q=.5", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("TEXT/HTML ; Q=1.000 , */* ; q=0.001", HTML),
        # The most specific range decides, wherever it stands.
        ("*/*, application/json;q=0", HTML),
        ("application/json;q=0, application/*, text/*;q=0.1", HTML),
        ("application/*;q=0.2, */*;q=0.9, text/html;q=0.1", JSON),
        ("*/*;q=0, text/*", HTML),
        ("application/json;q=0.1, application/json;charset=utf-8;q=0.9, text/html;q=0.5", JSON),
        ('application/json; charset="utf-8"', JSON),
        # None of them.
        ("image/png", None),
        ("application/json;q=0", None),
        ("application/json;q=0.000, text/html;q=0, */*", None),
        ("*/*;q=0", None),
        ("application/json;version=2", None),
        ("text/html;level=1", None),
        ("application/jsonp, text/htm", None),
    ],
)
def test_the_media_type(accept: str, expected: str | None) -> None:
    """RFC 9110, 12.5.1, where both are offered."""
    assert media_type(accept, (JSON, HTML)) == expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, "identity zstd br gzip"),
        ("", "identity"),
        ("gzip", "gzip identity"),
        ("gzip, deflate, br, zstd", "zstd br gzip identity"),
        ("zstd;q=0.1, br;q=0.2, gzip;q=0.3", "gzip br zstd identity"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.000, br", "br identity"),
        ("*", "zstd br gzip identity"),
        ("*;q=0", ""),
        ("*;q=0, gzip", "gzip"),
        ("identity;q=0", ""),
        ("identity;q=0, br;q=0.001", "br"),
        ("identity, gzip;q=0.5", "identity gzip"),
        ("*;q=0.5, zstd;q=0, identity;q=0.2", "br gzip identity"),
        ("GZIP;Q=1.0", "gzip identity"),
        ("x-gzip", "gzip identity"),
        ("deflate", "identity"),
        ("gzip;q=2, br;q=-1, zstd;q=NaN", "identity"),
    ],
)
def test_the_codings(accept_encoding: str | None, expected: str) -> None:
    """RFC 9110, 12.5.3: those taken, the one to use first."""
    assert " ".join(codings(accept_encoding)) == expected
