"""Tidies an SBOM: `sbom.py PACKAGE SBOM TREE TIDIED`.

SBOM is the file that cargo-cyclonedx writes for PACKAGE. It resolves the whole workspace at once.
Therefore the file lists crates that only another member needs, and names folders of this machine.
TREE is the output of `cargo tree`: the crates from which PACKAGE is built. All other crates are
removed. If SBOM lacks a crate of TREE, this is an error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Component = tuple[str, str]


def parse_tree(tree: str) -> set[Component]:
    """Returns name and version of each line of `cargo tree --prefix none --format {p}`."""
    words = [line.split() for line in tree.splitlines() if line]
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def strip_folders(sbom: str) -> str:
    """Replaces the machine's paths of our own crates by paths within the project."""
    root = Path(__file__).resolve().parents[2].as_uri()
    tidied = sbom.replace(f"path+{root}/", "").replace("?download_url=file://.#", "#")
    if "file:///" in tidied:
        raise SystemExit("the SBOM names a folder of this machine")
    return tidied


def keep_only(sbom: dict[str, Any], wanted: set[Component]) -> None:
    """Removes all components that are not wanted."""
    listed = {(entry["name"], entry["version"]): entry["bom-ref"] for entry in sbom["components"]}
    if missing := wanted - set(listed):
        raise SystemExit(f"the SBOM lacks {sorted(missing)}")
    refs = {listed[component] for component in wanted} | {sbom["metadata"]["component"]["bom-ref"]}
    sbom["components"] = [entry for entry in sbom["components"] if entry["bom-ref"] in refs]
    sbom["dependencies"] = [entry for entry in sbom["dependencies"] if entry["ref"] in refs]
    for entry in sbom["dependencies"]:
        entry["dependsOn"] = [ref for ref in entry.get("dependsOn", []) if ref in refs]


def main(package: str, written: Path, tree: Path, tidied: Path) -> None:
    """Writes the tidied SBOM."""
    sbom = json.loads(strip_folders(written.read_text()))
    wanted = {crate for crate in parse_tree(tree.read_text()) if crate[0] != package}
    keep_only(sbom, wanted)
    tidied.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n")
    print(f"{tidied}: {len(sbom['components'])} components")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
