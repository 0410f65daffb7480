"""Sample files to try the imports with: the demo company's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imports.choices import FileKind

FOLDER = Path(__file__).resolve().parent.parent / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, and the kind that its name tells: `02-boms.csv`, `stock-monday.csv`."""

    name: str
    kind: str
    path: Path
    size: int

    @property
    def label(self) -> str:
        return str(FileKind(self.kind).label)


def samples() -> list[Sample]:
    """The sample files by name; none where there is no such folder."""
    if not FOLDER.is_dir():
        return []
    found = []
    for path in sorted(FOLDER.iterdir()):
        kind = _kind_of(path)
        if kind and path.is_file():
            found.append(Sample(path.name, kind, path, path.stat().st_size))
    return found


def sample_named(name: str) -> Sample | None:
    """The sample of this name. Only names that are listed are opened."""
    return next((sample for sample in samples() if sample.name == name), None)


def _kind_of(path: Path) -> str:
    if path.suffix.lower() not in {".csv", ".txt", ".tsv", ".xlsx"}:
        return ""
    stem = path.stem.lower().replace("-", "_")
    return max((kind for kind in FileKind.values if kind in stem), key=len, default="")
