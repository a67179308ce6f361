"""Builds jumpqr as it is published, and the drivers."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .clients import PYTHON, REPOSITORY, SOURCE, WORK

LOG = WORK / "build.log"

# The packages from which jumpqr is installed, and the folders of C.
WHEELS = WORK / "wheel"
TARBALLS = WORK / "tarball"
C_PREFIX = WORK / "c"
C_DRIVERS = WORK / "drivers"


def build(languages: Iterable[str], *, only: str | None = None) -> None:
    """Builds for these languages. In Rust and C, builds all drivers, or `only` this one."""
    steps = {
        "rust": lambda: build_rust(only),
        "c": lambda: build_c(only),
        "python": build_python,
        "node": build_node,
    }
    LOG.unlink(missing_ok=True)
    for language in languages:
        print(f"build for {language}", flush=True)
        steps[language]()


def run(*command: str | Path, folder: Path = REPOSITORY) -> None:
    """Runs a command. If it fails, prints its output."""
    with LOG.open("a") as log:
        done = subprocess.run(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{LOG.read_text()}")


def make_empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def build_rust(driver: str | None) -> None:
    """Builds this driver, or all. Linking takes most of the time."""
    only = [f"--bin={driver}"] if driver else []
    run("cargo", "build", "--locked", "--release", "--package", "jumpqr-bench", *only)


def build_c(driver: str | None) -> None:
    """Builds this driver, or all. The others need the libraries of other clients."""
    library = REPOSITORY / "ffi-c"
    run("make", folder=library)
    run("make", "install", f"PREFIX={C_PREFIX}", folder=library)
    C_DRIVERS.mkdir(exist_ok=True)
    only = [C_DRIVERS / driver] if driver else []
    run("make", f"OUT={C_DRIVERS}", f"JUMPQR={C_PREFIX}", *only, folder=SOURCE / "c")


def build_python() -> None:
    run(
        PYTHON,
        "-m",
        "maturin",
        "build",
        "--release",
        "--locked",
        "--out",
        make_empty(WHEELS),
        folder=REPOSITORY / "python",
    )
    (wheel,) = WHEELS.glob("*.whl")
    run(PYTHON, "-m", "pip", "install", "--no-index", "--force-reinstall", wheel)


def build_node() -> None:
    quietly = ("--no-audit", "--no-fund", "--loglevel=error")
    package, drivers = REPOSITORY / "node", SOURCE / "node"
    if not (package / "node_modules").exists():
        run("npm", "ci", *quietly, folder=package)
    for binding in package.glob("*.node"):
        binding.unlink()
    run("npm", "run", "build", folder=package)
    run("npm", "pack", "--pack-destination", make_empty(TARBALLS), folder=package)
    (tarball,) = TARBALLS.glob("*.tgz")
    run("npm", "ci", *quietly, folder=drivers)
    run("npm", "install", "--no-save", "--offline", *quietly, tarball, folder=drivers)
