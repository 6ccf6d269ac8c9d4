"""Airflow's way to a shelf."""

from __future__ import annotations

import sqlite3

from airflow.providers.common.sql.hooks.sql import DbApiHook


class ShelfHook(DbApiHook):
    """Opens a shelf: the connection's host is its file."""

    conn_name_attr = "shelf_conn_id"
    default_conn_name = "shelf_default"
    conn_type = "shelf"
    hook_name = "Shelf"

    def get_conn(self) -> sqlite3.Connection:
        """Open the file, which must be there."""
        place = self.get_connection(self.get_conn_id()).host
        return sqlite3.connect(f"file:{place}?mode=rw", uri=True)
