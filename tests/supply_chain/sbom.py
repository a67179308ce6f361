"""Tidies an SBOM: `sbom.py PACKAGE SBOM TREE TIDIED`.

SBOM is what cargo-cyclonedx writes of PACKAGE. It resolves the whole workspace at once, so that it lists what only
another member asks for; and it names the folders of this machine. TREE is what `cargo tree` says that PACKAGE is built
of. What is not in TREE is left out; what TREE has and SBOM lacks is an error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Component = tuple[str, str]


def crates(tree: str) -> set[Component]:
    """Name and version of each line of `cargo tree --prefix none --format {p}`."""
    words = [line.split() for line in tree.splitlines() if line]
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def without_folders(sbom: str) -> str:
    """The project's own crates by their folder in it, not by that on this machine."""
    root = Path(__file__).resolve().parents[2].as_uri()
    tidied = sbom.replace(f"path+{root}/", "").replace("?download_url=file://.#", "#")
    if "file:///" in tidied:
        raise SystemExit("the SBOM names a folder of this machine")
    return tidied


def only(sbom: dict[str, Any], wanted: set[Component]) -> None:
    """Leaves out what is not wanted."""
    listed = {(entry["name"], entry["version"]): entry["bom-ref"] for entry in sbom["components"]}
    if missing := wanted - set(listed):
        raise SystemExit(f"the SBOM lacks {sorted(missing)}")
    refs = {listed[component] for component in wanted} | {sbom["metadata"]["component"]["bom-ref"]}
    sbom["components"] = [entry for entry in sbom["components"] if entry["bom-ref"] in refs]
    sbom["dependencies"] = [entry for entry in sbom["dependencies"] if entry["ref"] in refs]
    for entry in sbom["dependencies"]:
        entry["dependsOn"] = [ref for ref in entry.get("dependsOn", []) if ref in refs]


def main(package: str, written: Path, tree: Path, tidied: Path) -> None:
    """Writes the SBOM that is to be handed on."""
    sbom = json.loads(without_folders(written.read_text()))
    wanted = {crate for crate in crates(tree.read_text()) if crate[0] != package}
    only(sbom, wanted)
    tidied.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n")
    print(f"{tidied}: {len(sbom['components'])} components")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
