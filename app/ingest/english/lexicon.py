"""The word lists of English readouts, read from the files beside this one."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@lru_cache
def table(name: str) -> dict[str, Any]:
    """A whole file by its name without the ending."""
    return tomllib.loads((_HERE / f"{name}.toml").read_text("utf-8"))


@lru_cache
def words(name: str, key: str) -> frozenset[str]:
    """A list whose entries are single words."""
    return frozenset(table(name)[key].split())


@lru_cache
def lines(name: str, key: str) -> tuple[tuple[str, ...], ...]:
    """A list whose entries are phrases, each as its words."""
    return tuple(tuple(line.split()) for line in table(name)[key].splitlines() if line)
