"""The command `telcon` without the time that it takes to import: split off from a process that imported everything.

What is split off is a process of its own, as if it had been started: with a session, a folder, an environment and
standard streams of its own, and it ends as the interpreter ends.
"""

import atexit
import functools
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

ROOT = Path(__file__).parents[1]
_LONGEST = 1 << 18
_STREAMS = 3


class Running:
    """A command that was started, as `subprocess.Popen` has it; `stdout` is its standard output if no file takes it."""

    def __init__(self, status: socket.socket, stdout: IO[str] | None) -> None:
        """Take where the process tells its number, and then how it ended."""
        self._status = status
        self.stdout = stdout
        self.pid = int(status.recv(_LONGEST))
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, wrong: object, *_: object) -> None:
        """Wait for its end, which it is brought to if something went wrong."""
        if wrong is not None:
            self.kill()
        if self.stdout is not None:
            self.stdout.close()
        self.wait()
        self._status.close()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, or minus the signal that ended it; raises TimeoutError if it still runs after some seconds."""
        if self.returncode is None:
            self._status.settimeout(timeout)
            self.returncode = int(self._status.recv(_LONGEST))
        return self.returncode

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        try:
            return self.wait(0)
        except BlockingIOError:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    stderr: IO[str],
    stdout: IO[str] | None = None,
) -> Running:
    """Start a command, with a pipe for its standard output if no file is given for it, and nothing to read."""
    told = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
    reading, writing = (None, stdout.fileno()) if stdout is not None else os.pipe()
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with Path(os.devnull).open("rb") as nothing, there:
        descriptors = [nothing.fileno(), writing, stderr.fileno(), there.fileno()]
        socket.send_fds(_ready(), [json.dumps(told).encode()], descriptors)
    if reading is None:
        return Running(here, None)
    os.close(writing)
    return Running(here, os.fdopen(reading))


@functools.cache
def _ready() -> socket.socket:
    """Where the process that imported everything is told what to start; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.prepared", str(there.fileno())]
        # Ctrl-C is for the tests; it ends when these do.
        process = subprocess.Popen(
            command, pass_fds=[there.fileno()], cwd=ROOT, env=environment, start_new_session=True
        )
    atexit.register(process.wait)
    atexit.register(here.close)
    return here


def _serve(control: socket.socket) -> None:
    """Split off what is asked for, until nobody can ask any longer; goes on as what was split off."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _LONGEST, _STREAMS + 1)
        if not message:
            sys.exit()
        if not os.fork():
            break
        for descriptor in descriptors:
            os.close(descriptor)
    # The process that waits for the command, whose parent it is.
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command = os.fork()
    if command:
        for descriptor in descriptors[:_STREAMS]:
            os.close(descriptor)
        with socket.socket(fileno=descriptors[_STREAMS]) as status:
            status.send(str(command).encode())
            _, ended = os.waitpid(command, 0)
            status.send(str(os.waitstatus_to_exitcode(ended)).encode())
        os._exit(0)
    os.setsid()
    for number, descriptor in enumerate(descriptors[:_STREAMS]):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    told = json.loads(message)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    sys.argv = ["telcon", *told["arguments"]]


if __name__ == "__main__":
    from app.cli import cli

    # What the commands import when they are run.
    for name in ("downloads", "ingesting", "keeping", "main", "numbering", "seed", "server", "transfer", "verifying"):
        importlib.import_module(f"app.{name}")
    _serve(socket.socket(fileno=int(sys.argv[1])))
    cli()
