"""What is wrong with a request, and what may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A violation or a warning."""

    field: str
    """The field, e.g. `debug_url[2]`; empty where it is the whole input."""
    code: str
    """The stable code, e.g. `outside_rule`."""
    message: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class CheckReport:
    """What a check found, all at once. It is true where there is no violation."""

    violations: tuple[Finding, ...]
    """What a page of WeChat's forbids; the request is not sent."""
    warnings: tuple[Finding, ...]
    """What is documented nowhere, or a reported cause of a refusal; the request is sent."""

    def __bool__(self) -> bool:
        return not self.violations


def report(found: dict[str, list[dict[str, Any]]]) -> CheckReport:
    """Read what the core found."""
    return CheckReport(
        violations=tuple(Finding(**finding) for finding in found["violations"]),
        warnings=tuple(Finding(**finding) for finding in found["warnings"]),
    )
