"""Chooses the inputs of a corpus: `choose_inputs.py CONTROL FOLDER`.

CONTROL is the control file of libFuzzer's merge. It lists the features (edges, and how often each
is taken) that each input reaches. The program repeatedly takes the input that reaches the most new
features, until there are enough inputs. Of equal inputs, it takes the smallest.
It writes them to FOLDER.hex, one in a line. Inputs with a hyphen in their name were written by
hand, or broke a promise once: they stay files of FOLDER.
"""

import sys
from pathlib import Path

MAX_INPUTS = 120
MAX_BYTES = 100_000


def read_features(control: Path) -> dict[Path, set[str]]:
    """Returns the features of each input."""
    lines = control.read_text().splitlines()
    count = int(lines[0])
    files = [Path(line) for line in lines[2 : 2 + count]]
    features: dict[Path, set[str]] = {}
    for line in lines[2 + count :]:
        word, index, *rest = line.split()
        if word == "FT":
            features[files[int(index)]] = set(rest)
    return features


def choose(features: dict[Path, set[str]]) -> dict[bytes, str]:
    """Returns the inputs to keep, with their names, which are empty if nobody named them."""
    left = [(path.read_bytes(), path.name, reached) for path, reached in features.items()]
    left.sort(key=lambda entry: ("-" not in entry[1], len(entry[0]), entry[0]))
    kept: dict[bytes, str] = {}
    reached: set[str] = set()
    size = 0
    while left:
        best = max(left, key=lambda entry: ("-" in entry[1], len(entry[2] - reached)))
        content, name, own = best
        stays = "-" in name
        if not stays and (not own - reached or len(kept) >= MAX_INPUTS):
            break
        left.remove(best)
        if not stays and size + len(content) > MAX_BYTES:
            continue
        reached |= own
        if content not in kept:
            size += len(content)
            kept[content] = name if stays else ""
    known = len(set().union(*features.values()))
    print(f"{len(kept)} inputs, {size} bytes, {len(reached)} features of {known}")
    return kept


def main(control: Path, folder: Path) -> None:
    """Replaces the files of the folder, and FOLDER.hex."""
    chosen = choose(read_features(control))
    for old in folder.iterdir():
        old.unlink()
    for content, name in chosen.items():
        if name:
            (folder / name).write_bytes(content)
    packed = sorted(content.hex() for content, name in chosen.items() if not name)
    folder.with_suffix(".hex").write_text("".join(line + "\n" for line in packed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
