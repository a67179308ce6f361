"""The common code of the Python drivers of the bench, which make calls on order and measure them.

The arguments are a base URL, an access token and, for TLS, a file with the authority to trust. Each
line of standard input is an order, `WARM IN_FLIGHT CALLS`. The driver makes WARM calls that do not
count, then CALLS calls that count, IN_FLIGHT at a time. It answers with a line of JSON:

- wall_s: the seconds of all calls that count
- user_s, system_s: the CPU seconds of this process in this time, outside and inside the kernel
- latencies_us: the microseconds of each call

The cold scenario measures the imports too, so rare modules are imported where they are needed.
"""

import json
import sys
import time

BASE_URL = sys.argv[1]
TOKEN = sys.argv[2]
CA = sys.argv[3] if len(sys.argv) > 3 else None

HEADERS = {"Content-Type": "application/json; charset=utf-8"}


def url():
    """Returns the URL to which the sample is posted."""
    return f"{BASE_URL}/cgi-bin/wxopen/qrcodejumpadd?access_token={TOKEN}"


def rule():
    """Returns the sample as a mapping."""
    return {
        "prefix": "https://weixin.qq.com/qrcodejump",
        "permit_sub_rule": 1,
        "path": "pages/index/index",
        "open_version": 1,
        "debug_url": [
            "https://weixin.qq.com/qrcodejump?a=1",
            "https://weixin.qq.com/qrcodejump?a=2",
        ],
        "is_edit": 0,
    }


def body():
    """Returns the sample as JSON without escapes, which WeChat refuses."""
    return json.dumps(rule(), ensure_ascii=False, separators=(",", ":")).encode()


def check(answer):
    """Raises an error if the answer is not the server's: its time would be meaningless."""
    if answer["errcode"] != 0:
        raise ValueError(answer)


def ssl_context():
    """Returns a context that trusts the authority; None over HTTP."""
    if CA is None:
        return None
    import ssl

    return ssl.create_default_context(cafile=CA)


def read_orders():
    """Yields the orders until the input ends."""
    for line in sys.stdin:
        yield map(int, line.split())


class Stopwatch:
    """Measures an order."""

    def __init__(self):
        # This is the only use of the module; see the top of this file.
        from resource import RUSAGE_SELF, getrusage

        self.read_usage = lambda: getrusage(RUSAGE_SELF)
        self.usage = self.read_usage()
        self.begun = time.perf_counter()

    def print_times(self, latencies):
        """Prints the times until now, and those of the calls, which are in nanoseconds."""
        wall, usage = time.perf_counter() - self.begun, self.read_usage()
        taken = {
            "wall_s": wall,
            "user_s": usage.ru_utime - self.usage.ru_utime,
            "system_s": usage.ru_stime - self.usage.ru_stime,
            "latencies_us": [latency / 1000 for latency in latencies],
        }
        print(json.dumps(taken), flush=True)


def serve(open_call):
    """Executes the orders. `open_call` returns a function that makes a call, for one thread."""
    opened = []
    for warm, in_flight, calls in read_orders():
        while len(opened) < in_flight:
            opened.append(open_call())
        make_calls(opened[:in_flight], warm)
        stopwatch = Stopwatch()
        stopwatch.print_times(make_calls(opened[:in_flight], calls))


def make_calls(opened, calls):
    numbers = iter(range(calls))
    if len(opened) == 1:
        return repeat(opened[0], numbers)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(opened)) as pool:
        threads = [pool.submit(repeat, call, numbers) for call in opened]
        return [latency for thread in threads for latency in thread.result()]


def repeat(call, numbers):
    """Makes a call for each remaining number. Returns the times in nanoseconds."""
    clock = time.perf_counter_ns
    latencies = []
    for _ in numbers:
        begun = clock()
        call()
        latencies.append(clock() - begun)
    return latencies


def serve_async(open_call, run=None):
    """Executes the orders in an event loop: that of `run`, or asyncio's own.

    `open_call` is an async context manager. It yields a function that makes a call.
    """
    import asyncio

    (run or asyncio.run)(execute_orders(open_call))


async def execute_orders(open_call):
    async with open_call() as call:
        # Waiting for an order may block the loop, which has nothing else to do.
        for warm, in_flight, calls in read_orders():
            await make_calls_async(call, in_flight, warm)
            stopwatch = Stopwatch()
            stopwatch.print_times(await make_calls_async(call, in_flight, calls))


async def make_calls_async(call, in_flight, calls):
    import asyncio

    numbers = iter(range(calls))
    if in_flight == 1:
        return await repeat_async(call, numbers)
    tasks = await asyncio.gather(*(repeat_async(call, numbers) for _ in range(in_flight)))
    return [latency for task in tasks for latency in task]


async def repeat_async(call, numbers):
    clock = time.perf_counter_ns
    latencies = []
    for _ in numbers:
        begun = clock()
        await call()
        latencies.append(clock() - begun)
    return latencies
