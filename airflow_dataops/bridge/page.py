"""What Airflow shows about a product where its DAG is: *Dag Docs*, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.product import Product


def page(product: Product) -> str:
    """Return the page about a product: what is promised, who answers for it, what to do, what it is made of.

    Airflow's reader of Markdown passes over HTML, so a list is a list and not lines with `<br>`.
    """
    promise = product.contract
    blocks = (
        f"### {promise.reference or product.name}",
        promise.description or product.description,
        _table(product),
        _list("Service levels", promise.service_levels),
        _list("Made of", (f"{file} ({digest})" for file, digest in sorted(product.files.items()))),
    )
    return "\n\n".join(block for block in blocks if block)


def _table(product: Product) -> str:
    promise = product.contract
    rows = {
        "owner": product.owner,
        "status": promise.status,
        "help": ", ".join(promise.channels),
        "runbook": _runbook(promise.runbook),
        "publishes": _published(product),
        "template": f"`{product.template}`",
    }
    cells = {name: " ".join(value.replace("|", r"\|").split()) for name, value in rows.items()}
    told = (f"| {name} | {cell} |" for name, cell in cells.items() if cell)
    return "\n".join(("| | |", "|---|---|", *told))


def _runbook(at: str) -> str:
    """Return where to find what is to be done: a link, or the name of a file."""
    if not at:
        return ""
    return f"[{at}]({at})" if "://" in at else f"`{at}`"


def _published(product: Product) -> str:
    """Return the table that a product publishes; nothing where it publishes none."""
    target = product.target
    if not target.table:
        return ""
    where = f" in `{target.conn_id}`" if target.conn_id else ""
    return f"`{target.table}` ({target.type}{where})"


def _list(title: str, lines: Iterator[str] | tuple[str, ...]) -> str:
    """Return a list below its title; nothing where there is no line."""
    told = [f"- {' '.join(line.split())}" for line in lines]
    return "\n".join((f"**{title}**", "", *told)) if told else ""
