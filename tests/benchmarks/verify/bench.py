"""Measure verification, print the figures, and write the page about them.

    python bench.py [--only PART,…] [--folder FOLDER] [--write]
    python bench.py --profile [--storage duckdb|postgres] [--output verdict|keys|split]

Parts are `engine`, `process`, `peers` and `growth`; those that are left out keep the figures of the page.
`--folder` keeps the rows, and takes those that are there. `--profile` shows where our time goes instead.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The ways of the comparison: environments for other tools, and the database.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "comparison")]

import figures  # noqa: E402 - found by the way above
import section  # noqa: E402
import tables  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

RESULTS = Path(__file__).with_name("results.json")
PARTS: dict[str, Callable[[figures.Places], Any]] = {
    "engine": figures.engine,
    "process": figures.process,
    "peers": figures.peers,
    "growth": figures.growth,
}


def parts(folder: Path, wanted: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield the figures of some parts, one after the other, and first what they were measured on."""
    with figures.places(folder) as at:
        yield "conditions", figures.conditions(at)
        for part in wanted:
            yield part, PARTS[part](at)


def known() -> figures.Figures:
    """Return the figures of the page."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def keep(found: figures.Figures) -> None:
    """Write `results.json`, the page and its picture."""
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    section.write(found)


def main(given: list[str]) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between them")
    parser.add_argument("--folder", type=Path, help="where the rows are, and stay")
    parser.add_argument("--write", action="store_true", help="write results.json, the page and its picture")
    parser.add_argument("--profile", action="store_true", help="show where our time goes")
    parser.add_argument("--storage", default="duckdb", choices=("duckdb", "postgres"))
    parser.add_argument("--output", default="verdict", choices=("verdict", "keys", "split"))
    args = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        if args.profile:
            import profiled

            with figures.places(folder) as at:
                sys.stdout.write(profiled.profile(at, storage=args.storage, output=args.output))
            return
        for part, found in parts(folder, args.only.split(",")):
            sys.stdout.write(tables.text({part: found}))
            sys.stdout.flush()
            if args.write:  # each part, for the next may take long
                keep(known() | {part: found})


if __name__ == "__main__":
    main(sys.argv[1:])
