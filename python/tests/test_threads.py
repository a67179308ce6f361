"""Threads, signals and forks."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, Client, Platform, _jumpqr
from jumpqr.testing import Sandbox, SandboxError
from processes import fork
from scripted_server import Action, Close, Recorder, Reply, Request, serving

EMPTY = b'{"errcode":0,"rule_list":[]}'


def test_the_interpreter_is_free_during_a_call() -> None:
    together = threading.Barrier(8)

    def answer(request: Request) -> Action:
        # Nobody is answered before all have called. One call must not block the process.
        together.wait(10)
        return Reply(EMPTY)

    with serving(answer) as url, ThreadPoolExecutor(8) as pool:
        client = Client(access_token="T", base_url=url, pacing=False)
        calls = [pool.submit(client.get_jump_qr_code) for _ in range(8)]
        assert [call.result().rule_list for call in calls] == [()] * 8


def test_ctrl_c_comes_out_of_a_call_in_the_main_thread() -> None:
    out, came_out = threading.Event(), SimpleQueue[bool]()

    def answer(request: Request) -> Action:
        os.kill(os.getpid(), signal.SIGINT)
        # The call cannot end before Ctrl-C has come out of it.
        came_out.put(out.wait(10))
        return Close()

    with serving(answer) as url, Client(access_token="T", base_url=url, max_retries=0) as client:
        with pytest.raises(KeyboardInterrupt):
            client.get_jump_qr_code()
        out.set()
        assert came_out.get(timeout=20)


@pytest.mark.parametrize(
    "ask",
    [
        lambda platform: platform.set_verify_ticket("ticket"),
        lambda platform: platform.set_authorizer_refresh_token("wx1", "token"),
        lambda platform: platform.token_status(),
        lambda platform: platform.merchant("wx1").token_status(),
    ],
)
def test_ctrl_c_comes_out_of_waiting_for_a_store(ask: Callable[[Platform], object]) -> None:
    out, came_out = threading.Event(), SimpleQueue[bool]()

    def hold_up() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            os.kill(os.getpid(), signal.SIGINT)
            # Ctrl-C has come out before the store has given up this Redis, which never answers.
            while connection.recv(4096):
                pass
            came_out.put(out.is_set())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        store = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        platform = Platform(component_appid="wx0", component_appsecret="s", token_store=store)
        holding = threading.Thread(target=hold_up)
        holding.start()
        with pytest.raises(KeyboardInterrupt):
            ask(platform)
        out.set()
        assert came_out.get(timeout=20)
        holding.join()


def test_a_code_is_stored_although_ctrl_c_comes_out_of_its_exchange() -> None:
    out, came_out = threading.Event(), SimpleQueue[bool]()

    def answer(request: Request) -> Action:
        if request.path.endswith("api_component_token"):
            return Reply(b'{"component_access_token":"C","expires_in":7200}')
        os.kill(os.getpid(), signal.SIGINT)
        # The call cannot end before Ctrl-C has come out of it.
        came_out.put(out.wait(10))
        return Reply(
            b'{"authorization_info":{"authorizer_appid":"wx1","authorizer_access_token":"A",'
            b'"expires_in":7200,"authorizer_refresh_token":"refreshtoken@@@R"}}'
        )

    settings: Any = {"component_appid": "wx0", "component_appsecret": "s"}
    with serving(answer) as url, Platform(base_url=url, **settings) as platform:
        platform.set_verify_ticket("ticket@@@T")
        with pytest.raises(KeyboardInterrupt):
            platform.exchange("queryauthcode@@@Q")
        out.set()
        assert came_out.get(timeout=20)
        deadline = time.monotonic() + 20
        has_refresh_token = False
        while not has_refresh_token and time.monotonic() < deadline:
            status = platform.merchant("wx1").token_status()
            has_refresh_token = bool(status and status.has_refresh_token)
        assert has_refresh_token


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_ctrl_c_comes_out_of_a_call_in_the_child_of_another_thread() -> None:
    out, write_out = os.pipe()
    came_out = SimpleQueue[bool]()

    def answer(request: Request) -> Action:
        if request.access_token == "parent":
            return Reply(EMPTY)
        os.kill(int(request.access_token or ""), signal.SIGINT)
        # The call cannot end before Ctrl-C has come out of it.
        came_out.put(bool(select.select([out], [], [], 10)[0]))
        return Close()

    def call() -> None:
        with pytest.raises(KeyboardInterrupt):
            Client(access_token=str(os.getpid()), base_url=url).get_jump_qr_code()
        os.write(write_out, b"out")

    def call_and_fork() -> None:
        Client(access_token="parent", base_url=url).get_jump_qr_code()
        fork(call)

    with serving(answer) as url:
        thread = threading.Thread(target=call_and_fork)
        thread.start()
        thread.join()
    assert came_out.get(timeout=20)
    os.close(out)
    os.close(write_out)


def test_nothing_more_is_sent_for_a_call_that_was_interrupted() -> None:
    server = Recorder(Reply(b'{"errcode":44990,"errmsg":"reach max api qps limit"}'))

    def answer(request: Request) -> Action:
        action = server(request)
        os.kill(os.getpid(), signal.SIGINT)
        return action

    with serving(answer) as url, Client(access_token="T", base_url=url, pacing=False) as client:
        with pytest.raises(KeyboardInterrupt):
            client.get_jump_qr_code()
        # After 44990, a call waits for 1 s, and a little more, and is sent again.
        time.sleep(2.0)
    assert len(server.requests) == 1


def test_a_signal_handler_runs_during_a_call() -> None:
    handled, in_time = threading.Event(), SimpleQueue[bool]()

    def answer(request: Request) -> Action:
        os.kill(os.getpid(), signal.SIGUSR1)
        # The call cannot end before the handler has run.
        in_time.put(handled.wait(10))
        return Reply(EMPTY)

    before = signal.signal(signal.SIGUSR1, lambda *_: handled.set())
    try:
        with serving(answer) as url, Client(access_token="T", base_url=url) as client:
            client.get_jump_qr_code()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert in_time.get(timeout=20)


def count_connections(sandbox: Sandbox) -> int:
    return int(sandbox.counters()["connections"])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_client_works_after_a_fork(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client(pacing=False) as client:
        client.get_jump_qr_code()
        before = count_connections(jumpqr_sandbox)
        assert fork(lambda: client.get_jump_qr_code().list_size) == 0
        assert count_connections(jumpqr_sandbox) > before, "the child used its parent's connection"
        after = count_connections(jumpqr_sandbox)
        assert client.get_jump_qr_code().list_size == 0
        assert count_connections(jumpqr_sandbox) == after, "the parent's connection was lost"
        refused = fork(client.publish_jump_qr_code, "")
        assert isinstance(refused, jumpqr.ValidationError)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_an_iteration_does_not_go_on_after_a_fork(jumpqr_sandbox: Sandbox) -> None:
    mini_program = jumpqr_sandbox.mini_program.appid
    with jumpqr_sandbox.client(jumpqr_sandbox.service_account, pacing=False) as client:
        for name in ("a", "b"):
            client.add_jump_qr_code(
                prefix=f"http://weixin.qq.com/q/{name}", appid=mini_program, path="p"
            )
        rules = client.rules(mini_program)
        next(rules)
        refused = fork(list, rules)
        assert isinstance(refused, RuntimeError)
        assert "before a fork" in str(refused)
        assert len(list(rules)) == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_an_asynchronous_iteration_does_not_go_on_after_a_fork() -> None:
    server = Recorder(Reply(b'{"errcode":0,"rule_list":[{"prefix":"a"}],"total_count":2}'))

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url) as client:
            rules = client.rules("wx1234567890abcdef")
            await rules.__anext__()

            async def go_on() -> Any:
                return await rules.__anext__()

            refused = fork(lambda: asyncio.run(go_on()))
            assert isinstance(refused, RuntimeError)
            assert "before a fork" in str(refused)

    with serving(server) as url:
        asyncio.run(main(url))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_is_known_although_its_id_is_used_again() -> None:
    def forks() -> int:
        return _jumpqr.process() - os.getpid()

    assert fork(forks) > forks()


def test_a_fork_is_noticed_that_python_does_not_make(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client(pacing=False) as client:
        client.get_jump_qr_code()
        before = count_connections(jumpqr_sandbox)
        # With the interpreter's lock, but without the functions that Python calls after a fork.
        child = ctypes.PyDLL(None).fork()
        if child == 0:
            try:
                client.get_jump_qr_code()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert count_connections(jumpqr_sandbox) > before, "the child used its parent's connection"
        assert client.get_jump_qr_code().list_size == 0


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_an_asyncio_client_works_after_a_fork(jumpqr_sandbox: Sandbox) -> None:
    client = jumpqr_sandbox.async_client(pacing=False)
    assert asyncio.run(client.get_jump_qr_code()).list_size == 0
    assert fork(lambda: asyncio.run(client.get_jump_qr_code()).list_size) == 0
    asyncio.run(client.aclose())


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_sandbox_says_that_it_belongs_to_another_process(jumpqr_sandbox: Sandbox) -> None:
    refused = fork(jumpqr_sandbox.counters)
    assert isinstance(refused, SandboxError)
    assert "after a fork" in str(refused)

    dropped = [Sandbox()]

    def drop() -> str:
        # As at the end of the process.
        dropped.clear()
        gc.collect()
        return "alive"

    assert fork(drop) == "alive"
    # In this process, it still runs.
    with dropped.pop() as sandbox, sandbox.client() as client:
        client.get_jump_qr_code()
        assert sandbox.counters()["business_calls"] == 1


AT_EXIT = """
import logging, threading, time
from collections import UserDict
from jumpqr.testing import Sandbox

sandbox = Sandbox()
inside = threading.Semaphore(0)

class Arguments(UserDict):
    def items(self):
        hold()
        return super().items()

def token(rejected):
    hold()

def call_with_token_function():
    sandbox.client(access_token=token).get_jump_qr_code()

def call_with_mapping():
    sandbox.client().add_jump_qr_code(Arguments(prefix="https://m.example.cn/"))

class Handler(logging.Handler):
    def handle(self, record):
        hold()

def call_with_log():
    logging.getLogger("jumpqr").addHandler(Handler())
    logging.getLogger("jumpqr").setLevel(logging.DEBUG)
    sandbox.client().get_jump_qr_code()

def hold():
    inside.release()
    while True:
        {step}

for _ in range(8):
    threading.Thread(target={call}, daemon=True).start()
for _ in range(8):
    inside.acquire()
"""


@pytest.mark.parametrize("call", ["call_with_token_function", "call_with_mapping", "call_with_log"])
@pytest.mark.parametrize("step", ["pass", "time.sleep(0.0005)"])
def test_a_process_ends_cleanly_while_daemon_threads_run_python_code_in_a_call(
    call: str, step: str
) -> None:
    program = AT_EXIT.format(call=call, step=step)
    for _ in range(3):
        ended = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
        )
        assert (ended.returncode, ended.stderr) == (0, "")


INTERPRETERS = """
import sys

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    made = [interpreters.create("legacy") for _ in range(2)]
else:
    import _xxsubinterpreters as interpreters
    made = [interpreters.create(isolated=False) for _ in range(2)]

program = f"import sys; sys.path[:0] = {sys.path!r}" + '''
try:
    import jumpqr
    print("imported", flush=True)
except ImportError as error:
    print(error, flush=True)
'''
for interpreter in made:
    interpreters.run_string(interpreter, program)
"""


def test_a_second_interpreter_is_told_what_to_set() -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", INTERPRETERS],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    first, second = ended.stdout.splitlines()
    assert first == "imported"
    assert "WSGIApplicationGroup %{GLOBAL}" in second


@pytest.mark.parametrize("module", ["gevent.monkey", "eventlet.patcher"])
def test_an_asyncio_client_warns_of_threads_that_are_greenlets(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Patched:
        is_module_patched = staticmethod(lambda name: name == "threading")
        is_monkey_patched = staticmethod(lambda name: name == "thread")

    monkeypatch.setitem(sys.modules, module, Patched)
    with pytest.warns(
        RuntimeWarning, match=r"use jumpqr\.Client, and call its methods through"
    ) as warned:
        AsyncClient(access_token="T")
    assert warned[0].filename == __file__
