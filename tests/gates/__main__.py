"""Builds the published files, and checks every gate: `./run`, or `./run --update`."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator import build, clients, server

from . import instructions, sizes, system_calls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--update", action="store_true", help="write the counted instructions as the new limit"
    )
    update = parser.parse_args().update

    drivers = [client for client in clients.CLIENTS if client.name in ("jumpqr", "jumpqr asyncio")]
    build.build(clients.LANGUAGES, only="with_jumpqr")
    with TemporaryDirectory() as folder, server.running(Path(folder)) as nginx:
        failures = list(sizes.check())
        for client in drivers:
            for scheme in client.schemes:
                failures += system_calls.check(client, nginx, scheme)
        failures += instructions.check(nginx, update=update)
    for failure in failures:
        print(f"\n{failure}")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
