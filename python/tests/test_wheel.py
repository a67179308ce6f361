"""The wheel that is installed: what its name says of the platform is true, and what is in it."""

from __future__ import annotations

import os
import re
import zipfile
from email import message_from_bytes
from io import BytesIO
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from packaging.utils import parse_wheel_filename

import jumpqr
from jumpqr import _jumpqr

MODULE = "jumpqr/_jumpqr.abi3.so"


@pytest.fixture(scope="module")
def wheel() -> Path:
    assert "JUMPQR_WHEEL" in os.environ, (
        "set JUMPQR_WHEEL to the path of the wheel that is installed, as ./test does"
    )
    return Path(os.environ["JUMPQR_WHEEL"])


@pytest.fixture(scope="module")
def module(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MODULE)


def test_it_is_the_one_installed(module: bytes) -> None:
    assert Path(_jumpqr.__file__).read_bytes() == module


def test_its_name_says_what_it_is(wheel: Path) -> None:
    name, version, _, tags = parse_wheel_filename(wheel.name)
    assert (name, str(version)) == ("jumpqr", jumpqr.__version__)
    assert {(tag.interpreter, tag.abi) for tag in tags} == {("cp310", "abi3")}
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [path for path in archive.namelist() if path.endswith(".dist-info/WHEEL")]
        inside = message_from_bytes(archive.read(path))
    assert set(inside.get_all("Tag") or []) == {str(tag) for tag in tags}
    assert inside["Root-Is-Purelib"] == "false"


def test_it_needs_the_glibc_that_its_name_says(wheel: Path, module: bytes) -> None:
    (tag,) = parse_wheel_filename(wheel.name)[3]
    promised = re.fullmatch(r"manylinux_(\d+)_(\d+)_(\w+)", tag.platform)
    assert promised is not None, tag.platform
    assert promised[3] == os.uname().machine
    section = ELFFile(BytesIO(module)).get_section_by_name(".gnu.version_r")
    assert isinstance(section, GNUVerNeedSection)
    needed = {version.name for _, versions in section.iter_versions() for version in versions}
    glibc = [
        tuple(map(int, name[6:].split(".")))
        for name in needed
        if re.fullmatch(r"GLIBC_[\d.]+", name)
    ]
    assert max(glibc) <= (int(promised[1]), int(promised[2]))
    assert not [name for name in needed if name.startswith(("GLIBCXX", "CXXABI"))]


def test_it_links_with_nothing_but_the_system(module: bytes) -> None:
    dynamic = ELFFile(BytesIO(module)).get_section_by_name(".dynamic")
    assert isinstance(dynamic, DynamicSection)
    libraries = {vars(tag)["needed"] for tag in dynamic.iter_tags("DT_NEEDED")}
    allowed = r"lib(c|m|dl|pthread|rt|gcc_s)\.so\.\d|ld-linux-.+"
    assert not [library for library in libraries if not re.fullmatch(allowed, library)], libraries


def test_it_is_stripped(module: bytes) -> None:
    sections = [section.name for section in ELFFile(BytesIO(module)).iter_sections()]
    assert ".dynsym" in sections
    assert not [name for name in sections if name == ".symtab" or name.startswith(".debug")]


def test_it_has_no_hooks_for_tests(module: bytes) -> None:
    assert not hasattr(_jumpqr, "panic")
    # What the hook panics with.
    assert b"on purpose" not in module


def test_it_has_nothing_but_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert not [
        name
        for name in names
        if not name.startswith(
            ("jumpqr/", "jumpqr_pytest/", f"jumpqr-{jumpqr.__version__}.dist-info/")
        )
    ]
    assert {"jumpqr/py.typed", "jumpqr/_jumpqr.pyi", MODULE} <= set(names)
