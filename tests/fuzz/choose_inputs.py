"""Chooses the inputs of a corpus: `fewest.py CONTROL FOLDER`.

CONTROL is what libFuzzer's merge writes: which features (edges, and how often each is taken) each input reaches. Time
and again the input that reaches most of what none before has reached is taken, and of equals the smallest, until there
are enough.
Inputs whose name has a hyphen in it were put there by hand, or broke a promise once: they stay.
"""

import hashlib
import sys
from pathlib import Path

MOST_INPUTS = 120
MOST_BYTES = 100_000


def read(control: Path) -> dict[Path, set[str]]:
    """The features of each input."""
    lines = control.read_text().splitlines()
    count = int(lines[0])
    files = [Path(line) for line in lines[2 : 2 + count]]
    features: dict[Path, set[str]] = {}
    for line in lines[2 + count :]:
        word, index, *rest = line.split()
        if word == "FT":
            features[files[int(index)]] = set(rest)
    return features


def choose(features: dict[Path, set[str]]) -> list[tuple[bytes, str]]:
    """The inputs to keep, and their names."""
    left = [(path.read_bytes(), path.name, reached) for path, reached in features.items()]
    left.sort(key=lambda entry: ("-" not in entry[1], len(entry[0]), entry[0]))
    kept: dict[bytes, str] = {}
    reached: set[str] = set()
    size = 0
    while left:
        best = max(left, key=lambda entry: ("-" in entry[1], len(entry[2] - reached)))
        content, name, own = best
        stays = "-" in name
        if not stays and (not own - reached or len(kept) >= MOST_INPUTS):
            break
        left.remove(best)
        if not stays and size + len(content) > MOST_BYTES:
            continue
        reached |= own
        if content not in kept:
            size += len(content)
            kept[content] = name if stays else hashlib.sha1(content).hexdigest()[:16]  # noqa: S324 - a name, not a signature
    print(
        f"{len(kept)} inputs, {size} bytes, {len(reached)} features of {len(set().union(*features.values()))}"
    )
    return list(kept.items())


def main(control: Path, folder: Path) -> None:
    """Replaces what is in the folder."""
    chosen = choose(read(control))
    for old in folder.iterdir():
        old.unlink()
    for content, name in chosen:
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
