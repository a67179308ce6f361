"""The sizes of the published files for one platform, in bytes."""

from collections.abc import Iterator

from orchestrator.build import WHEELS
from orchestrator.clients import REPOSITORY

# Of these, the platform (pushes, authorisation, its interfaces and those of quotas), Redis Sentinel
# and Cluster, and the sandbox's pushes brought 380 KB to the wheel, which is compressed, and 820 KB
# to the binding of Node. Each interface has its own copy of the loop that drives a call. The
# preflight, the pictures of codes with their sheets, and the command's new parts brought 500 KB to
# the wheel and 900 KB to the binding.
MAX_SIZES = {
    "the wheel": 3_450_000,
    "the binding of Node": 6_800_000,
}


def check() -> Iterator[str]:
    """Prints each size. Yields advice for each file that is too large."""
    (wheel,) = WHEELS.glob("*.whl")
    (binding,) = (REPOSITORY / "node").glob("*.node")
    for what, file in zip(MAX_SIZES, (wheel, binding), strict=True):
        size = file.stat().st_size
        print(f"{what}: {size:,} bytes of at most {MAX_SIZES[what]:,}")
        if size > MAX_SIZES[what]:
            yield (
                f"{what} has {size:,} bytes, more than {MAX_SIZES[what]:,}: "
                "find the cause, e.g. with `cargo bloat`"
            )
