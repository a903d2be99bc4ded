"""Content codings: how an answer is compressed on its way (RFC 9110, 8.4.1)."""

import asyncio
import sys
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import brotli
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from app.negotiation import IDENTITY

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Levels at which compressing costs less than sending what it saves: see docs/performance.md.
_ZSTD_LEVEL = 3
_BROTLI_QUALITY = 3
_GZIP_LEVEL = 4
_GZIP_WINDOW = 31
# From here on a thread does the work, so that other requests are not held up.
_LARGE = 128 * 1024

R = TypeVar("R")
Compress = Callable[[bytes, str], bytes]
InParts = tuple[Callable[[bytes], bytes], Callable[[], bytes]]


def compress(body: bytes, coding: str) -> bytes:
    """The body in a content coding, the same for the same body."""
    if coding == "zstd":
        return zstd.compress(body, _ZSTD_LEVEL)
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return zlib.compress(body, _GZIP_LEVEL, _GZIP_WINDOW)


compress_once: Compress = lru_cache(maxsize=64)(compress)
"""Likewise, for a body that lasts as long as the process."""


def in_parts(coding: str) -> InParts:
    """What turns each part of a body into what is sent of it, maybe nothing yet, and what gives the end of it."""
    if coding == "zstd":
        framing = zstd.ZstdCompressor(_ZSTD_LEVEL)
        return framing.compress, framing.flush
    if coding == "br":
        compressor = brotli.Compressor(quality=_BROTLI_QUALITY)
        return compressor.process, compressor.finish
    if coding == "gzip":
        deflating = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW)
        return deflating.compress, deflating.flush
    assert coding == IDENTITY
    return bytes, bytes


async def aside(work: Callable[[], R], size: int) -> R:
    """What work on so many bytes gives; a thread does it where others would be held up."""
    return work() if size < _LARGE else await asyncio.to_thread(work)


class Compressed(Response):
    """An answer that is compressed when it is sent."""

    def __init__(self, body: bytes, coding: str, compressing: Compress, headers: dict[str, str]) -> None:
        """Take the plain body, and how to compress it."""
        super().__init__(body, headers={**headers, "Content-Encoding": coding})
        self.coding = coding
        self.compressing = compressing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress and send."""
        plain = bytes(self.body)
        self.body = await aside(lambda: self.compressing(plain, self.coding), len(plain))
        self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
