"""The service's settings, read once from the environment."""

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Origin = Annotated[
    str, Field(max_length=300, pattern=r"^https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?$")
]
"""A scheme, a host and maybe a port, as browsers write them."""


def _words(given: object) -> object:
    return given.replace(",", " ").split() if isinstance(given, str) else given


class Settings(BaseSettings):
    """Every setting has a default that works; command-line options take precedence over the environment."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="TELCON_", env_ignore_empty=True, populate_by_name=True)

    database_url: Annotated[str | None, Field(validation_alias="DATABASE_URL")] = None
    """A PostgreSQL 18 or later, as `postgresql://user:password@host:port/database`; none starts the embedded one."""

    data_dir: Path = Field(default_factory=lambda: user_data_path("telcon", appauthor=False))
    """Where the embedded PostgreSQL keeps its data."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port to listen on; 0 takes a free one."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many processes serve."""

    pool_size: Annotated[int, Field(ge=1, le=100)] = 6
    """How many database connections each process keeps for reading, and as many for writing.

    The more statements PostgreSQL's processors share, the longer each takes: see docs/performance.md.
    """

    statement_timeout: Annotated[float, Field(gt=0, le=3600)] = 5.0
    """After how many seconds the database gives up on a statement of a request."""

    stream_connections: Annotated[int, Field(ge=1, le=100)] = 4
    """How many lists each process streams at once, each over a database connection of its own."""

    stream_statement_timeout: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """After how many seconds the database gives up on finding the next part of a stream."""

    stream_timeout: Annotated[float, Field(gt=0, le=86_400)] = 1800.0
    """After how many seconds a stream is broken off, however much of it is left."""

    followers: Annotated[int, Field(ge=1, le=10_000)] = 200
    """How many clients each process streams the change feed to at once; they share one database connection."""
    reads: Literal["public", "private"] = "public"
    """Whether anybody may read, or only who sends a key with the scope `records:read`."""

    write_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_words)] = ()
    """The origins whose pages may write, as `https://example.org`, separated by commas; none by itself."""

    freshness: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """How many seconds old an answer may be that a cache gives; 0 lets caches ask before each use."""
