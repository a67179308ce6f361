"""Describes the machine of a run: figures mean little without it."""

import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from textwrap import fill

import pycurl


def describe_machine() -> str:
    """Returns a sentence with the day, the processor, the system and the versions of the tools."""
    parts = [
        f"{describe_processor()}",
        f"Linux {platform.release().split('-')[0]}",
        find_version(r"nginx/(\S+)", "nginx", "-v", name="nginx"),
        find_version(r"rustc (\S+)", "rustc", "--version", name="rustc"),
        f"Python {platform.python_version()}",
        find_version(r"v(\S+)", "node", "--version", name="Node"),
        find_version(r"(\S+)", "pkg-config", "--modversion", "libcurl", name="libcurl"),
        f"pycurl with {pycurl.version.split()[1].replace('/', ' ')}",
    ]
    return fill(f"On {date.today()}: {', '.join(parts)}.", 100)


def describe_processor() -> str:
    """Returns the number of cores, and the name of the processor.

    Virtual machines have the same name for processors of different age, so the family is added.
    """
    info = Path("/proc/cpuinfo").read_text()
    cores = len(re.findall(r"^processor\b", info, re.MULTILINE))
    name = re.search(r"model name\s*: (.*)", info)
    family = re.search(r"cpu family\s*: (.*)", info)
    model = re.search(r"model\s*: (.*)", info)
    described = name[1] if name else platform.machine()
    if family and model:
        described += f" (family {family[1]}, model {model[1]})"
    return f"{cores} cores of {described}"


def find_version(pattern: str, *command: str, name: str) -> str:
    """Returns the name, and the version that the pattern finds in the command's output."""
    said = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True
    ).stdout
    version = re.search(pattern, said)
    return (
        f"{name} {version[1] if version else sys.exit(f'{command[0]} does not print its version')}"
    )
