"""What is wrong with a product's SQL, as far as that can be told without rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.errors import Problem


def check_transform(definition: Definition) -> tuple[Problem, ...]:
    """Return what is wrong with a product's SQL, as far as that can be told without rows.

    Args:
        definition: A product whose files are right; one without a transform has no such problem.

    Raises:
        DocumentError: If a file can't be read any more.
    """
    product = definition.product
    if not product.transform or definition.landing is None:
        return ()
    from airflow_dataops.documents.yaml.text import read_text
    from airflow_dataops.engines.sql.proofreading import proofread
    from airflow_dataops.engines.sql.reading import sql_type
    from airflow_dataops.warehouse.column_type import postgres_type

    type_of, dialect = (postgres_type, "postgres") if product.warehouse else (sql_type, "duckdb")
    columns = {column.name: type_of(column.type) for column in definition.landing.datasets[0].columns}
    place = definition.path(product.transform)
    problem = proofread(read_text(place), columns=columns, place=place, dialect=dialect)
    return () if problem is None else (problem,)


def check_models(definition: Definition) -> tuple[Problem, ...]:
    """Return what is wrong with the SQL of a product's models, as far as that can be told without rows.

    Args:
        definition: A product whose files are right; one without models has no such problem.

    Raises:
        DocumentError: If a file can't be read any more.
    """
    product, contract = definition.product, definition.contract
    if not product.models or contract is None:
        return ()
    from airflow_dataops.documents.yaml.text import read_text
    from airflow_dataops.engines.sql.models import proofread_models

    places = {model.name: definition.path(model.file) for model in product.models}
    texts = {name: (place, read_text(place)) for name, place in places.items()}
    promised = [column.name for column in contract.datasets[0].columns]
    return tuple(proofread_models(product.models, texts=texts, promised=promised))


def check_portable(definition: Definition) -> Problem | None:
    """Return why the SQL of a product whose rows stay in a database can't be tried in DuckDB.

    None where the rows lie in files, and where the SQL means the same in both.

    Args:
        definition: A product whose SQL is right.

    Raises:
        DocumentError: If the file can't be read any more.
    """
    product = definition.product
    if not product.warehouse or definition.landing is None:
        return None
    from airflow_dataops.documents.yaml.text import read_text
    from airflow_dataops.engines.sql.portable import portable

    place = definition.path(product.transform)
    columns = {column.name: column.type for column in definition.landing.datasets[0].columns}
    return portable(read_text(place), columns=columns, place=place)
