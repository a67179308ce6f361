"""The sizes of what is published for one platform, in bytes."""

from collections.abc import Iterator

from orchestrator.build import WHEELS
from orchestrator.clients import REPOSITORY

MOST = {
    "the wheel": 2_500_000,
    "the binding of Node": 5_000_000,
}


def check() -> Iterator[str]:
    """Print each size, and say of each that is too large what to do."""
    (wheel,) = WHEELS.glob("*.whl")
    (binding,) = (REPOSITORY / "node").glob("*.node")
    for what, file in zip(MOST, (wheel, binding), strict=True):
        size = file.stat().st_size
        print(f"{what}: {size:,} bytes of at most {MOST[what]:,}")
        if size > MOST[what]:
            yield f"{what} has {size:,} bytes, more than {MOST[what]:,}: see what has grown, as with `cargo bloat`"
