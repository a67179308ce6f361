"""What a run ran on: figures mean little without it."""

import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pycurl


def machine() -> str:
    """A sentence on the day, the processor, the system and the versions of what all clients of a language share."""
    parts = [
        f"{os_cores()}",
        f"Linux {platform.release().split('-')[0]}",
        first(r"nginx/(\S+)", "nginx", "-v", name="nginx"),
        first(r"rustc (\S+)", "rustc", "--version", name="rustc"),
        f"Python {platform.python_version()}",
        first(r"v(\S+)", "node", "--version", name="Node"),
        first(r"(\S+)", "pkg-config", "--modversion", "libcurl", name="libcurl"),
        f"pycurl with {pycurl.version.split()[1].replace('/', ' ')}",
    ]
    return f"On {date.today()}: {', '.join(parts)}."


def os_cores() -> str:
    """The processor's name, and how many cores of it there are."""
    info = Path("/proc/cpuinfo").read_text()
    cores = len(re.findall(r"^processor\b", info, re.MULTILINE))
    name = re.search(r"model name\s*: (.*)", info)
    return f"{cores} cores of {name[1] if name else platform.machine()}"


def first(pattern: str, *command: str, name: str) -> str:
    """The name, and what the pattern finds in what the command says."""
    said = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True
    ).stdout
    version = re.search(pattern, said)
    return f"{name} {version[1] if version else sys.exit(f'{command[0]} does not say its version')}"
