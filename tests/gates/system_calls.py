"""What a warm call asks of the system: to send once, and to receive twice, first to see if the connection is of use.

No thread, no new connection, no file, and so no look-up of a name.
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
# Of no use to a warm call, on whatever file.
NEVER = {"clone", "clone3", "fork", "vfork", "socket", "connect", "open", "openat"}

# A line of strace: the process, the system call, and its arguments. What ends a call that another interrupted is none.
LINE = re.compile(r"^\d+ +(\w+)\((.*)")
# A driver's answer to an order.
ANSWER = re.compile(r'^\d+ +write\(1<[^>]*>, "\{')


def check(client: Client, server: Server, scheme: str) -> Iterator[str]:
    """Print what a driver's warm calls ask for, and say what is too much of it."""
    on_sockets, others = Counter(), Counter()
    for name, arguments in warm_calls(trace(client, server, scheme)):
        (on_sockets if re.search(r"<(TCP|socket):", arguments) else others)[name] += 1
    sends = sum(on_sockets[name] for name in SENDS)
    receives = sum(on_sockets[name] for name in RECEIVES)
    who = f"{client.language}, {scheme}"
    print(f"{who}: {CALLS} warm calls, {sends} sends, {receives} receives")
    if sends != CALLS:
        yield f"{who}: {CALLS} warm calls send {sends} times: each is to send once, head and body together"
    if not CALLS <= receives <= 2 * CALLS:
        yield f"{who}: {CALLS} warm calls receive {receives} times: each is to look once and to receive once"
    besides = {name: count for name, count in on_sockets.items() if name not in SENDS | RECEIVES}
    besides |= {name: others[name] for name in NEVER & others.keys()}
    if besides:
        told = ", ".join(f"{name} {count} times" for name, count in besides.items())
        yield f"{who}: {CALLS} warm calls do what none is to do: {told}"


def trace(client: Client, server: Server, scheme: str) -> list[str]:
    """What a driver asks of the system, from its start to its end, while it obeys two orders."""
    base_url, ca = server.endpoint(scheme)
    with TemporaryDirectory() as folder:
        log = Path(folder) / "strace"
        # What files are is shown, and the beginning of what is written.
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
                        f"{client.id} gave up; it was started with\n  {' '.join(command)}"
                    )
            driver.stdin.close()
        return log.read_text(errors="replace").splitlines()


def warm_calls(log: list[str]) -> Iterator[tuple[str, str]]:
    """The system calls, and their arguments, between the answers to both orders."""
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
