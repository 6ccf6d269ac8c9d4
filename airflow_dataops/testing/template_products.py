"""The products whose DAGs show what a template does: its sample, elsewhere, ejected, with other values."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named
from airflow_dataops.cli.dag.render import rendered
from airflow_dataops.cli.dag.upgraded import upgraded_texts
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.documents.pipeline.rewriting import rewritten
from airflow_dataops.testing.template_values import others, put_again

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "from airflow_dataops.factory.dags import load_dag\n\ndag = load_dag(__file__)\n"

EXAMPLES = "EXAMPLES"
"""What a template's parameters may be besides those of its sample: a list of mappings in `params_v1.py`."""


@dataclass(frozen=True, slots=True)
class Built:
    """The files of a template whose DAGs are built.

    Args:
        sample: That of its sample product.
        elsewhere: The same in another checkout.
        ejected: The sample as a file of its own.
        varied: Parameter -> the files of two products, between which it alone has another value.
    """

    sample: Path
    elsewhere: Path
    ejected: Path
    varied: dict[str, list[tuple[Path, Path]]]

    @property
    def here(self) -> list[Path]:
        """The files that the factory builds from this checkout."""
        pairs = [pair for pairs in self.varied.values() for pair in pairs]
        return list(dict.fromkeys((self.sample, *(file for pair in pairs for file in pair))))


def arranged(name: str, place: Path) -> Built:
    """Write the products whose DAGs are built.

    Raises:
        LookupError: If there is no sample.
        DataOpsError: If it is wrong.
    """
    origin = shelf().file(name).parent
    sample = sample_of(name, origin)
    texts = _on(name, sample)

    def copy(to: str) -> Path:
        folder = place / to / origin.name
        shutil.copytree(origin, folder, ignore=shutil.ignore_patterns("__pycache__", "drops"))
        for beside in origin.parent.iterdir():  # a sample may read the contract of another one
            if beside.is_dir() and beside != origin:
                (folder.parent / beside.name).symlink_to(beside)
        made = folder / sample.parent.relative_to(origin)
        for file, text in texts.items():
            (made / file.name).write_text(text, encoding="utf-8")
        (made / "dag.py").write_text(LOAD, encoding="utf-8")
        return made / sample.name

    first, second, third = (copy(to) for to in ("here", "else/where", "ejected"))
    definition = read_definition(str(first), shelf=shelf())
    third.with_name("dag.py").write_text(
        rendered(read_definition(str(third), shelf=shelf())), encoding="utf-8"
    )
    model, usual = template_named(name).params, definition.product.params

    def product(to: str, params: dict[str, object]) -> Path:
        file = copy(to)
        text = file.read_text(encoding="utf-8")
        file.write_text(rewritten(text, template="", old=usual, new=params, file=str(file)), encoding="utf-8")
        return file

    bases = [(first, usual)]
    for at, params in enumerate(getattr(shelf().module(name, "params_v"), EXAMPLES, ())):
        bases.append((product(f"example_{at}", params), params))
    varied: dict[str, list[tuple[Path, Path]]] = {key: [] for key in model.model_fields}
    for key, pairs in varied.items():
        for base, (file, params) in enumerate(bases):
            now = model.model_validate(params).model_dump(mode="json")
            for at, other in enumerate(others(definition, key, usual=params)):
                made = product(f"{key}_{base}_{at}", other)
                put_again(made.parent, now[key])
                pairs.append((file.with_name("dag.py"), made.with_name("dag.py")))
    return Built(first.with_name("dag.py"), second.with_name("dag.py"), third.with_name("dag.py"), varied)


def sample_of(name: str, folder: Path) -> Path:
    """Return the pipeline file of a template's sample: on this version, else on the newest one before it.

    Raises:
        LookupError: If there is none.
    """
    family, _, version = name.partition("@")
    found: dict[int, Path] = {}
    for file in sorted(folder.glob("*/*.dag.yaml")):
        template = read_definition(str(file), shelf=shelf()).product.template
        if template.partition("@")[0] == family and int(template.partition("@")[2]) <= int(version):
            found.setdefault(int(template.partition("@")[2]), file)
    if not found:
        raise LookupError(f"there is no product on `{name}` in a folder beside it; write one to copy")
    return found[max(found)]


def _on(name: str, sample: Path) -> dict[Path, str]:
    """Return the texts that bring a sample to a version; none where it is on it."""
    old = read_definition(str(sample), shelf=shelf())
    return {} if old.product.template == name else upgraded_texts(sample, old, name)
