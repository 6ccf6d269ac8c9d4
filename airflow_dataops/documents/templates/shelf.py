"""Where templates lie, those of this package and those of teams, and how a module among them is loaded.

A template is a folder, a version of it two modules: `v1.py` has `build`, `params_v1.py` has `Params`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

PACKAGE = Path(__file__).parents[2]
GROUP = "airflow_dataops.templates"
"""Entry points that name a package whose folder holds templates."""

VERSION = re.compile(r"v([1-9][0-9]{0,5})")
FOLDER = re.compile(r"[a-z][a-z0-9_]*")


def ours() -> Path:
    """Return the folder of the templates of this package: inside the wheel, or beside it in a checkout."""
    packaged = PACKAGE / "dag_templates"
    return packaged if packaged.is_dir() else PACKAGE.parent / "dag_templates"


@dataclass(frozen=True)
class Shelf:
    """The templates that there are.

    Args:
        paths: Folders of teams, whose folders are templates.
    """

    paths: tuple[Path, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return every template version, such as `batch@1`. None is loaded: a template may need Airflow.

        Raises:
            SettingsError: If two folders have the same version of a template, one can't be read, or an
                entry point leads nowhere.
        """
        return tuple(self._every)

    def has(self, name: object) -> bool:
        """Say whether there is a template version; installed packages are looked through last.

        Raises:
            SettingsError: If two folders have the same version of a template, one can't be read, or an
                entry point leads nowhere.
        """
        return name in self._near or name in self._every

    def file(self, name: str, stem: str = "v") -> Path:
        """Return the file of a module of a template version.

        Args:
            name: The template version, such as `batch@1`, which must be there.
            stem: What its name begins with: `v` or `params_v`.
        """
        file = self._near.get(name) or self._every[name]
        return file.with_name(f"{stem}{name.partition('@')[2]}.py")

    def module(self, name: str, stem: str = "v") -> ModuleType:
        """Return a module of a template version, which is in no package; it is executed once.

        Args:
            name: The template version, such as `batch@1`, which must be there.
            stem: What its name begins with: `v` or `params_v`.

        Raises:
            ImportError: If there is no such module.
        """
        return module(self.file(name, stem))

    @cached_property
    def _near(self) -> Mapping[str, Path]:
        return _versions((ours(), *self.paths))

    @cached_property
    def _every(self) -> Mapping[str, Path]:
        return _versions((ours(), *self.paths, *_installed()))


@cache
def shelf_of(paths: tuple[Path, ...] = ()) -> Shelf:
    """Return the templates that there are; they are looked for once in a process.

    Args:
        paths: Folders of teams, whose folders are templates.
    """
    return Shelf(paths)


def folders(listed: str) -> tuple[Path, ...]:
    """Return the folders that `[dataops] template_paths` lists, with commas between them."""
    return tuple(Path(path.strip()) for path in listed.split(",") if path.strip())


def _versions(folders: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for name, file in _in(folder):
            if found.setdefault(name, file) != file:
                raise SettingsError(
                    f"there are two templates `{name}`",
                    where=f"{found[name]} and {file}",
                    hint="Give one of them another name or version.",
                )
    return dict(sorted(found.items(), key=_by_version))


def _by_version(item: tuple[str, Path]) -> tuple[str, int]:
    name, _, version = item[0].partition("@")
    return name, int(version)


def _in(folder: Path) -> Iterator[tuple[str, Path]]:
    try:
        templates = sorted(folder.iterdir())
    except OSError as error:
        raise SettingsError(
            f"the folder of templates can't be read: {error.strerror}",
            where=str(folder),
            hint="Mend [dataops] template_paths.",
        ) from None
    for template in templates:
        if FOLDER.fullmatch(template.name) and template.is_dir():
            for file in sorted(template.glob("v*.py")):
                version = VERSION.fullmatch(file.stem)
                if version is not None:
                    yield f"{template.name}@{version[1]}", file


def _installed() -> Iterator[Path]:
    """Yield the folders of packages that bring templates, which are found, and not imported."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.value):
        try:
            spec = importlib.util.find_spec(point.value)
        except (ImportError, ValueError):  # of a package above it, or a name that can't be one
            spec = None
        if spec is None or spec.submodule_search_locations is None:
            raise SettingsError(
                f"the entry point `{point.name}` names `{point.value}`, and there is no package of that name",
                where=f"the group {GROUP}",
                hint="Name a package whose folder holds templates, and install it with its files.",
            )
        yield from map(Path, spec.submodule_search_locations)


def module(file: Path) -> ModuleType:
    """Return the module of a file of a template; it is executed once.

    Raises:
        ImportError: If there is no such file.
    """
    name = f"airflow_dataops_templates.{_known_as(file.parent)}.{file.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ImportError(f"there is no {file}")
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found  # before it runs: its dataclasses look themselves up
    try:
        spec.loader.exec_module(found)
    except BaseException:
        del sys.modules[name]
        raise
    return found


def _known_as(folder: Path) -> str:
    """Return the name of a template's folder in `sys.modules`: those of teams may be called as ours."""
    if folder.parent == ours():
        return folder.name
    return f"{folder.name}_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
