"""Runs an example with the service at $ADDRESS, and shows both libraries a stream that breaks off."""

import os
import socketserver
import sys
import threading
from contextlib import suppress
from pathlib import Path

import duckdb
import duckdb_extension_httpfs
import pandas as pd

(_HTTPFS,) = (Path(duckdb_extension_httpfs.__file__).parent / "extensions").rglob("*.duckdb_extension")
_BROKEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
_PART = b"c\r\nid,name\r\n1,\r\n"


class Breaking(socketserver.StreamRequestHandler):
    """Answers with a stream that ends before its last chunk."""

    def handle(self) -> None:
        """Answer one request."""
        line = self.rfile.readline()
        while self.rfile.readline() not in {b"\r\n", b""}:
            pass
        self.wfile.write(_BROKEN if line.startswith(b"HEAD") else _BROKEN + _PART)


def refuses(reading: object, address: str) -> bool:
    """Whether a library raises an error on what it reads at an address."""
    assert callable(reading)
    with suppress(Exception):
        reading(address)
        return False
    return True


def main() -> None:
    """Run the example that is named on the command line."""
    # Where it is installed already, it is not downloaded.
    duckdb.execute(f"LOAD '{_HTTPFS}'")
    example = Path(sys.argv[1]).read_text("utf-8").replace("http://127.0.0.1:8000", os.environ["ADDRESS"])
    exec(compile(example, sys.argv[1], "exec"), {})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Breaking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/v1/topics?format=csv"
        assert refuses(pd.read_csv, address)
        assert refuses(lambda broken: duckdb.read_csv(broken).fetchall(), address)
        server.shutdown()


main()
