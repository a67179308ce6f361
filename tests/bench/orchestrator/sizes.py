"""The sizes of the published files."""

from collections.abc import Iterable

from .build import C_PREFIX, TARBALLS, WHEELS
from .clients import REPOSITORY, TARGET
from .results import Row


def measure_sizes(languages: Iterable[str]) -> list[Row]:
    """Returns the sizes for these languages."""
    files = {
        "rust/program with one call": (TARGET / "release", "with_jumpqr"),
        "c/libjumpqr.so": (C_PREFIX / "lib", "libjumpqr.so"),
        "c/libjumpqr.a": (C_PREFIX / "lib", "libjumpqr.a"),
        "python/wheel": (WHEELS, "*.whl"),
        "node/tarball": (TARBALLS, "*.tgz"),
        "node/.node": (REPOSITORY / "node", "*.node"),
    }
    rows = []
    for name, (folder, pattern) in files.items():
        if name.split("/")[0] in languages:
            (file,) = folder.glob(pattern)
            rows.append(Row("sizes", name, "", {"mb": file.stat().st_size / 1e6}))
    return rows
