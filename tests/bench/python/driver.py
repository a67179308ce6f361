"""What the Python drivers of the bench have in common: they make calls when they are told to, and say what those took.

A driver is started with a base URL, an access token and, for TLS, a file with the certificate to trust. Each line of
its standard input is an order, `WARM IN_FLIGHT CALLS`: so many calls that do not count, then so many that do, so many
at a time. It answers with a line of JSON: the seconds that all of them took (wall_s), those of processor time of this
process, user and system (cpu_s), and the microseconds that each took (latencies_us).

Of a cold process this is a part, so what only some orders need is imported where it is needed.
"""

import json
import sys
import time

BASE_URL = sys.argv[1]
TOKEN = sys.argv[2]
CA = sys.argv[3] if len(sys.argv) > 3 else None

HEADERS = {"Content-Type": "application/json; charset=utf-8"}


def url():
    """Where the sample is posted to."""
    return f"{BASE_URL}/cgi-bin/wxopen/qrcodejumpadd?access_token={TOKEN}"


def rule():
    """The sample, as a peer has it."""
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
    """The sample, as a peer sends it: WeChat takes no escapes."""
    return json.dumps(rule(), ensure_ascii=False, separators=(",", ":")).encode()


def check(answer):
    """Raise unless this is what the server answers. A measurement of something else is none."""
    if answer["errcode"] != 0:
        raise ValueError(answer)


def ssl_context():
    """A context that trusts the certificate; None over HTTP."""
    if CA is None:
        return None
    import ssl

    return ssl.create_default_context(cafile=CA)


def orders():
    """The orders, until there are no more."""
    for line in sys.stdin:
        yield map(int, line.split())


def tell(wall, cpu, latencies):
    """Say what an order took; all in nanoseconds."""
    taken = {
        "wall_s": wall / 1e9,
        "cpu_s": cpu / 1e9,
        "latencies_us": [latency / 1000 for latency in latencies],
    }
    print(json.dumps(taken), flush=True)


def serve(open_call):
    """Obey the orders. `open_call` returns a function that makes one call: one of them for each that is in flight."""
    opened = []
    for warm, in_flight, calls in orders():
        while len(opened) < in_flight:
            opened.append(open_call())
        make_calls(opened[:in_flight], warm)
        begun, cpu = time.perf_counter_ns(), time.process_time_ns()
        latencies = make_calls(opened[:in_flight], calls)
        wall, cpu = time.perf_counter_ns() - begun, time.process_time_ns() - cpu
        tell(wall, cpu, latencies)


def make_calls(opened, calls):
    numbers = iter(range(calls))
    if len(opened) == 1:
        return repeat(opened[0], numbers)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(opened)) as pool:
        threads = [pool.submit(repeat, call, numbers) for call in opened]
        return [latency for thread in threads for latency in thread.result()]


def repeat(call, numbers):
    """Call once for each number that is left, and return what each took, in nanoseconds."""
    clock = time.perf_counter_ns
    latencies = []
    for _ in numbers:
        begun = clock()
        call()
        latencies.append(clock() - begun)
    return latencies


def serve_async(open_call):
    """Obey the orders in an event loop. `open_call` is an async context manager of the function that makes one call."""
    import asyncio

    asyncio.run(obey(open_call))


async def obey(open_call):
    async with open_call() as call:
        # The loop has nothing else to do while it waits for an order.
        for warm, in_flight, calls in orders():
            await make_calls_async(call, in_flight, warm)
            begun, cpu = time.perf_counter_ns(), time.process_time_ns()
            latencies = await make_calls_async(call, in_flight, calls)
            wall, cpu = time.perf_counter_ns() - begun, time.process_time_ns() - cpu
            tell(wall, cpu, latencies)


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
