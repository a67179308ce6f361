"""The scenario with a platform: the memory of one process that calls for 2,000 merchants."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .clients import PYTHON, SOURCE, TARGET
from .measure import take_medians
from .process import read_memory
from .results import Row

MERCHANTS = 2000

PROGRAMS = {
    "rust": [TARGET / "release" / "merchants"],
    "python": [PYTHON, SOURCE / "python" / "merchants.py"],
    "node": ["node", SOURCE / "node" / "merchants.js"],
}


def measure_merchants(languages: Iterable[str], rounds: int) -> list[Row]:
    """Measures each language that has a program. The load of the machine does not matter."""
    return [
        Row(
            "merchants",
            f"{language}/jumpqr",
            "http",
            take_medians([measure_process(language) for _ in range(rounds)]),
        )
        for language in languages
        if language in PROGRAMS
    ]


def measure_process(language: str) -> dict[str, float]:
    """Measures one process, which calls a sandbox of its own in this process."""
    # The package is built, and so cannot be imported earlier.
    from jumpqr.testing import Sandbox

    with Sandbox() as sandbox:
        orders = [json.dumps(authorise_all(sandbox)), "begin"]
        process = subprocess.Popen(
            PROGRAMS[language], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            give_order(process, orders[0], "ready")
            start = read_memory(process.pid, "VmRSS")
            # This sets the peak of memory to the present memory.
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")
            give_order(process, orders[1], "done")
            peak = read_memory(process.pid, "VmHWM")
            process.stdin.close()
    return {"start_mb": start / 1e6, "growth_mb": (peak - start) / 1e6}


def authorise_all(sandbox) -> dict:
    """Lets all merchants authorise the platform. Returns what the platform knows then."""
    component = sandbox.component
    merchants = {f"wx{number:016x}": {"kind": "mini_program"} for number in range(MERCHANTS)}
    authorised = sandbox.control(
        "PUT", f"/sandbox/platforms/{component.appid}/authorizers", merchants
    )
    return {
        "base_url": sandbox.base_url,
        "component_appid": component.appid,
        "component_appsecret": component.secret,
        "ticket": sandbox.verify_ticket(),
        "refresh_tokens": {
            each["authorizer_appid"]: each["authorizer_refresh_token"] for each in authorised
        },
    }


def give_order(process: subprocess.Popen, order: str, expected: str) -> None:
    """Writes a line, and waits for the answer."""
    process.stdin.write(order + "\n")
    process.stdin.flush()
    answer = process.stdout.readline().strip()
    if answer != expected:
        raise SystemExit(f"{process.args} ended early")
