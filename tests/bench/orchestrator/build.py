"""Builds the drivers, and jumpqr for them as it is published."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .clients import PYTHON, REPOSITORY, SOURCE, WORK

LOG = WORK / "build.log"

# What jumpqr is installed from, or as.
WHEELS = WORK / "wheel"
TARBALLS = WORK / "tarball"
C_PREFIX = WORK / "c"
C_DRIVERS = WORK / "drivers"


def build(languages: Iterable[str], *, rust_drivers: Iterable[str] = ()) -> None:
    """Build what these languages need, all drivers in Rust where none is named; raise where that fails."""
    steps = {"rust": lambda: rust(*rust_drivers), "c": c, "python": python, "node": node}
    LOG.unlink(missing_ok=True)
    for language in languages:
        print(f"build for {language}", flush=True)
        steps[language]()


def run(*command: str | Path, folder: Path = REPOSITORY) -> None:
    """Run a command, and keep what it says for the case that it fails."""
    with LOG.open("a") as log:
        done = subprocess.run(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{LOG.read_text()}")


def empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def rust(*drivers: str) -> None:
    """Build these drivers, or all; linking takes most of the time."""
    only = [f"--bin={driver}" for driver in drivers]
    run("cargo", "build", "--locked", "--release", "--package", "jumpqr-bench", *only)


def c() -> None:
    run("make", "install", f"PREFIX={C_PREFIX}", folder=REPOSITORY / "ffi-c")
    C_DRIVERS.mkdir(exist_ok=True)
    run("make", f"OUT={C_DRIVERS}", f"JUMPQR={C_PREFIX}", folder=SOURCE / "c")


def python() -> None:
    run(
        PYTHON,
        "-m",
        "maturin",
        "build",
        "--release",
        "--locked",
        "--out",
        empty(WHEELS),
        folder=REPOSITORY / "python",
    )
    (wheel,) = WHEELS.glob("*.whl")
    run(PYTHON, "-m", "pip", "install", "--no-index", "--force-reinstall", wheel)


def node() -> None:
    quietly = ("--no-audit", "--no-fund", "--loglevel=error")
    package, drivers = REPOSITORY / "node", SOURCE / "node"
    if not (package / "node_modules").exists():
        run("npm", "ci", *quietly, folder=package)
    for binding in package.glob("*.node"):
        binding.unlink()
    run("npm", "run", "build", folder=package)
    run("npm", "pack", "--pack-destination", empty(TARBALLS), folder=package)
    (tarball,) = TARBALLS.glob("*.tgz")
    run("npm", "ci", *quietly, folder=drivers)
    run("npm", "install", "--no-save", "--offline", *quietly, tarball, folder=drivers)
