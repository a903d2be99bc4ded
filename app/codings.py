"""Content codings: how an answer is compressed on its way (RFC 9110, 8.4.1)."""

import asyncio
import sys
import zlib
from collections.abc import Callable
from functools import lru_cache

import brotli
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Levels at which compressing costs less than sending what it saves: see docs/performance.md.
_ZSTD_LEVEL = 3
_BROTLI_QUALITY = 3
_GZIP_LEVEL = 4
_GZIP_WINDOW = 31
# From here on a thread compresses, so that other requests are not held up.
_LARGE = 128 * 1024

Compress = Callable[[bytes, str], bytes]


def compress(body: bytes, coding: str) -> bytes:
    """The body in a content coding, the same for the same body."""
    if coding == "zstd":
        return zstd.compress(body, _ZSTD_LEVEL)
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return zlib.compress(body, _GZIP_LEVEL, _GZIP_WINDOW)


compress_once: Compress = lru_cache(maxsize=64)(compress)
"""Likewise, for a body that lasts as long as the process."""


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
        if len(plain) < _LARGE:
            self.body = self.compressing(plain, self.coding)
        else:
            self.body = await asyncio.to_thread(self.compressing, plain, self.coding)
        self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
