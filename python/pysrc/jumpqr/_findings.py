"""What is wrong with a request, and what may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CheckReport", "Finding"]


@dataclass(frozen=True)
class Finding:
    """A violation or a warning."""

    field: str
    """The field, e.g. `debug_url[2]`; empty if the finding is about the whole input."""
    code: str
    """The stable code, e.g. `outside_rule`."""
    message: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class CheckReport:
    """All findings of a check. It is true if there is no violation."""

    violations: tuple[Finding, ...]
    """What WeChat's documentation forbids. The request is not sent."""
    warnings: tuple[Finding, ...]
    """What is not documented, or a reported cause of a refusal. The request is sent."""

    def __bool__(self) -> bool:
        return not self.violations


def findings(found: list[dict[str, Any]]) -> tuple[Finding, ...]:
    """Read a list of findings."""
    return tuple(Finding(**finding) for finding in found)


def report(found: dict[str, list[dict[str, Any]]]) -> CheckReport:
    """Read the report of a check."""
    return CheckReport(**{table: findings(entries) for table, entries in found.items()})
