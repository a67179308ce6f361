"""The results: rows of figures, which are written to a file."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from .clients import RAW

# The schemes with which clients are measured. Other rows have no scheme.
SCHEMES = ["http", "https"]


@dataclass(frozen=True)
class Row:
    """One client in one scenario. The name of a figure ends with its unit."""

    scenario: str
    client: str
    scheme: str
    figures: dict[str, float]


class Results:
    """All rows of a run, in the order in which they were measured."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.rows = list(rows)

    def extend(self, rows: Iterable[Row]) -> None:
        self.rows.extend(rows)

    def of(self, scenario: str) -> list[Row]:
        return [row for row in self.rows if row.scenario == scenario]

    def row(self, scenario: str, client: str, scheme: str) -> Row | None:
        """Returns the row of a client; None if it was not measured."""
        for row in self.of(scenario):
            if (row.client, row.scheme) == (client, scheme):
                return row
        return None

    def raw(self, scenario: str, scheme: str) -> Row | None:
        """Returns the row of the client that sends prepared bytes; None without one."""
        return self.row(scenario, RAW[scheme], scheme) if scheme in RAW else None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([asdict(row) for row in self.rows], indent=1) + "\n")
