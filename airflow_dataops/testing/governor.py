"""An Airflow for tests that has DAGs and pools, and nothing else."""

from __future__ import annotations

from airflow_dataops.errors import SettingsError


class MemoryGovernor:
    """Pauses DAGs and resizes pools, as long as it lives.

    Args:
        dags: DAG -> whether it is paused.
        pools: Pool -> its slots.
    """

    def __init__(self, *, dags: dict[str, bool] | None = None, pools: dict[str, int] | None = None) -> None:
        self.dags = dict(dags or {})
        self.pools = dict(pools or {})

    def paused(self, dag_id: str) -> bool:
        """Say whether a DAG is paused.

        Raises:
            SettingsError: If there is no such DAG.
        """
        if dag_id not in self.dags:
            raise SettingsError(f"there is no DAG `{dag_id}`")
        return self.dags[dag_id]

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG, or let it run.

        Raises:
            SettingsError: If there is no such DAG.
        """
        self.paused(dag_id)
        self.dags[dag_id] = paused

    def slots(self, pool: str) -> int:
        """Return how many slots a pool has.

        Raises:
            SettingsError: If there is no such pool.
        """
        if pool not in self.pools:
            raise SettingsError(f"there is no pool `{pool}`")
        return self.pools[pool]

    def resize(self, pool: str, slots: int) -> None:
        """Set how many slots a pool has.

        Raises:
            SettingsError: If there is no such pool.
        """
        self.slots(pool)
        self.pools[pool] = slots
