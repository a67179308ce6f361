"""Checks the files of `release/build`, and prints a table of them.

    check.py DIST TARGET...

The columns: size in bytes, the newest symbol version of glibc, and the libraries that are needed.
"""

import io
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

MAX_GLIBC = (2, 17)
MACHINES = {"x86_64": "EM_X86_64", "aarch64": "EM_AARCH64"}
# The parts of glibc, with libgcc_s, which every system with glibc has.
GLIBC_LIBRARIES = re.compile(
    r"(lib(c|m|dl|rt|util|pthread|gcc_s)|ld-linux-(x86-64|aarch64))\.so\.\d"
)
# What a file may have at most, in bytes. For aarch64, code is about as large as for x86_64.
MAX_SIZES = {"wheel": 3_450_000, "node": 6_800_000, "command": 7_600_000, "C archive": 14_000_000}


def find_binaries(dist: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yields the kind, the name and the bytes of each program and library below `dist`."""
    for wheel in sorted(dist.glob("*.whl")):
        with zipfile.ZipFile(wheel) as files:
            (name,) = (name for name in files.namelist() if name.endswith(".so"))
            yield "wheel", name, files.read(name)
    (binding,) = dist.glob("*.node")
    yield "node", binding.name, binding.read_bytes()
    (archive,) = dist.glob("jumpqr-c-*.tar.gz")
    with tarfile.open(archive) as files:
        (member,) = (m for m in files if m.isfile() and ".so" in m.name)
        library = files.extractfile(member)
        yield "C archive", member.name, library.read() if library else b""
    yield "command", "jumpqr", (dist / "jumpqr").read_bytes()


def find_problems(target: str, kind: str, elf: ELFFile) -> tuple[str, str, list[str]]:
    """Returns the newest symbol version, the needed libraries, and what is wrong with the file."""
    machine, libc = target.split("-")[0], target.split("-")[-1]
    problems = []
    if elf["e_machine"] != MACHINES[machine]:
        problems.append(f"it is for {elf['e_machine']}")
    versions = {
        auxiliary.name
        for section in elf.iter_sections()
        if isinstance(section, GNUVerNeedSection)
        for _, auxiliaries in section.iter_versions()
        for auxiliary in auxiliaries
    }
    numbers = [
        tuple(map(int, version.removeprefix("GLIBC_").split(".")))
        for version in versions
        if re.fullmatch(r"GLIBC_[\d.]+", version)
    ]
    needed = [
        tag.needed
        for section in elf.iter_sections()
        if isinstance(section, DynamicSection)
        for tag in section.iter_tags("DT_NEEDED")
    ]
    interpreter = any(segment["p_type"] == "PT_INTERP" for segment in elf.iter_segments())
    if libc == "gnu":
        if max(numbers, default=(0,)) > MAX_GLIBC:
            problems.append("it needs a glibc newer than 2.17")
        problems += [f"it needs {name}" for name in needed if not GLIBC_LIBRARIES.fullmatch(name)]
        problems += [f"it needs the private {v}" for v in versions if "PRIVATE" in v]
    elif kind == "command":
        if interpreter or needed:
            problems.append("it is not static")
    else:
        if versions:
            problems.append(f"it needs symbols of glibc: {', '.join(sorted(versions))}")
        problems += [f"it needs {name}" for name in needed if name != "libc.so"]
    newest = ".".join(map(str, max(numbers))) if numbers else "–"
    return newest, " ".join(needed) or "static", problems


def run(*command: str | Path) -> str:
    """Runs a tool, and returns what it prints. Ends the check if the tool fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def check_wheel(target: str, wheel: Path) -> Iterator[str]:
    """Yields what abi3audit and auditwheel have against a wheel."""
    if "-abi3-" in wheel.name:
        run("abi3audit", "--strict", wheel)
    with tempfile.TemporaryDirectory() as folder:
        repair: list[str | Path] = ["auditwheel", "repair", "--plat", "auto"]
        if target.endswith("-musl"):
            # The libc.so of a machine with glibc is a text, and musl's is on every such system.
            repair += ["--exclude", "libc.so"]
        else:
            tags = wheel.stem.split("-")[-1].split(".")
            shown = " ".join(run("auditwheel", "show", wheel).split())
            if not any(f'"{tag}"' in shown for tag in tags):
                yield f"auditwheel finds another platform than {' or '.join(tags)}: {shown}"
        run(*repair, "--wheel-dir", folder, wheel)
        (repaired,) = Path(folder).glob("*.whl")
        if repaired.name != wheel.name:
            yield f"auditwheel gives it another name: {repaired.name}"
        with zipfile.ZipFile(repaired) as files:
            if grafted := [name for name in files.namelist() if ".libs/" in name]:
                yield f"auditwheel adds libraries: {', '.join(grafted)}"


def check(dist: Path, targets: list[str]) -> Iterator[str]:
    """Prints the table. Yields what is wrong."""
    print("| target | file | bytes | glibc | needs |\n|---|---|---:|---|---|")
    for target in targets:
        folder = dist / target
        for kind, name, content in find_binaries(folder):
            newest, needed, problems = find_problems(target, kind, ELFFile(io.BytesIO(content)))
            print(f"| {target} | {name} | {len(content):,} | {newest} | {needed} |")
            yield from (f"{target}: {name}: {problem}" for problem in problems)
    print("\n| published file | bytes | at most |\n|---|---:|---:|")
    for target in targets:
        for kind, pattern in {
            "wheel": "*.whl",
            "node": "*.node",
            "command": "jumpqr",
            "C archive": "*.tar.gz",
        }.items():
            for file in sorted((dist / target).glob(pattern)):
                size = file.stat().st_size
                print(f"| {target}/{file.name} | {size:,} | {MAX_SIZES[kind]:,} |")
                if size > MAX_SIZES[kind]:
                    yield f"{target}: {file.name} has {size:,} bytes"
        for wheel in sorted((dist / target).glob("*.whl")):
            yield from (f"{wheel.name}: {problem}" for problem in check_wheel(target, wheel))


if __name__ == "__main__":
    if problems := list(check(Path(sys.argv[1]), sys.argv[2:])):
        sys.exit("\n".join(problems))
