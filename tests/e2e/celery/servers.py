"""What tests borrow from the servers of this machine, and give back."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from redis import Redis, RedisError

if TYPE_CHECKING:
    from collections.abc import Generator

POSTGRES = os.environ.get("DATAOPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
"""URL of a database on a server on which others may be made."""

REDIS = os.environ.get("DATAOPS_TEST_REDIS", "redis://127.0.0.1:6379/15")
"""URL of a database of a Redis server; others may use it, too."""


@contextmanager
def databases(*purposes: str) -> Generator[dict[str, str]]:
    """Make an empty PostgreSQL database for each purpose, give their SQLAlchemy URLs, and drop them."""
    mark = secrets.token_hex(4)
    names = {purpose: f"dataops_{purpose}_{mark}" for purpose in purposes}
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        pytest.fail("there is no PostgreSQL to test with; start one, or set DATAOPS_TEST_POSTGRES to its URL")
    address = POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1).rpartition("/")[0]
    with server:
        try:
            for name in names.values():
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield {purpose: f"{address}/{name}" for purpose, name in names.items()}
        finally:
            for name in names.values():
                server.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


@contextmanager
def key_prefix() -> Generator[str]:
    """Give a prefix for keys of the Redis server, and remove the keys that have it in the end."""
    prefix = f"dataops-{secrets.token_hex(4)}:"
    with Redis.from_url(REDIS) as server:
        try:
            server.ping()
        except RedisError:
            pytest.fail("there is no Redis to test with; start one, or set DATAOPS_TEST_REDIS to its URL")
        try:
            yield prefix
        finally:
            for key in server.scan_iter(f"{prefix}*"):
                server.delete(key)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
