"""The system calls of a warm call: one send and two receives; the first checks the connection.

A warm call starts no thread, and opens no connection and no file, so it looks up no name. In an
event loop, one system call begins the watch of its socket, and the response ends it.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.clients import Client
from orchestrator.process import TOKEN, environment
from orchestrator.server import Server

CALLS = 20

SENDS = {"sendto", "sendmsg", "write", "writev"}
RECEIVES = {"recvfrom", "recvmsg", "read", "readv"}
# The system call that begins the watch of a socket in an event loop.
WATCH = "epoll_ctl"
# System calls that a warm call never needs, on any file.
NEVER = {"clone", "clone3", "fork", "vfork", "socket", "connect", "open", "openat"}

# A line of strace: the process, the system call, and its arguments. A line that ends an interrupted
# call does not match.
LINE = re.compile(r"^\d+ +(\w+)\((.*)")
# A driver's answer to an order.
ANSWER = re.compile(r'^\d+ +write\(1<[^>]*>, "\{')


def check(client: Client, server: Server, scheme: str) -> Iterator[str]:
    """Prints the system calls of a driver's warm calls. Yields advice if there are too many."""
    on_sockets, others = Counter(), Counter()
    for name, arguments in find_warm_calls(trace(client, server, scheme)):
        (on_sockets if re.search(r"<(TCP|socket):", arguments) else others)[name] += 1
    sends = sum(on_sockets[name] for name in SENDS)
    receives = sum(on_sockets[name] for name in RECEIVES)
    who = f"{client.id}, {scheme}"
    print(f"{who}: {CALLS} warm calls, {sends} sends, {receives} receives")
    if sends != CALLS:
        yield (
            f"{who}: {CALLS} warm calls send {sends} times: "
            "each must send once, head and body together"
        )
    if not CALLS <= receives <= 2 * CALLS:
        yield (
            f"{who}: {CALLS} warm calls receive {receives} times: "
            "each must check once and receive once"
        )
    if on_sockets[WATCH] > CALLS:
        yield (
            f"{who}: {CALLS} warm calls change the watches of sockets {on_sockets[WATCH]} times: "
            "each must do so once"
        )
    usual = {*SENDS, *RECEIVES, WATCH}
    besides = {name: count for name, count in on_sockets.items() if name not in usual}
    besides |= {name: others[name] for name in NEVER & others.keys()}
    if besides:
        listed = ", ".join(f"{name} {count} times" for name, count in besides.items())
        yield f"{who}: {CALLS} warm calls make forbidden system calls: {listed}"


def trace(client: Client, server: Server, scheme: str) -> list[str]:
    """Returns the trace of a driver from its start to its end, with two orders."""
    base_url, ca = server.endpoint(scheme)
    with TemporaryDirectory() as folder:
        log = Path(folder) / "strace"
        # -y shows the file of each descriptor, and -s 8 the beginning of written data.
        strace = ["strace", "-f", "-y", "-s", "8", "-qq", "-o", str(log), "--"]
        command = [*strace, *client.command(), base_url, TOKEN, *([ca] if ca else [])]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(client, ca),
            text=True,
        ) as driver:
            for order in ("10 1 1", f"0 1 {CALLS}"):
                with suppress(BrokenPipeError):
                    print(order, file=driver.stdin, flush=True)
                if not driver.stdout.readline():
                    raise SystemExit(
                        f"{client.id} ended early; it was started with\n  {' '.join(command)}"
                    )
            driver.stdin.close()
        return log.read_text(errors="replace").splitlines()


def find_warm_calls(log: list[str]) -> Iterator[tuple[str, str]]:
    """Yields the system calls and their arguments between the answers to the two orders."""
    answers = [number for number, line in enumerate(log) if ANSWER.match(line)]
    if len(answers) != 2:
        raise SystemExit(
            f"strace shows {len(answers)} answers of the driver instead of 2; its last lines:\n"
            + "\n".join(log[-20:])
        )
    first, second = answers
    for line in log[first + 1 : second]:
        if match := LINE.match(line):
            yield match[1], match[2]
