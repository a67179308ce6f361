"""Whether the rules of a merchant can work, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._enums import Name

__all__ = ["Mode", "Readiness", "ReadinessFinding", "Severity", "Verdict"]


class Mode(Name):
    """The mode of the rules that a merchant is to have."""

    ORDINARY_LINK = "ordinary_link"
    """Ordinary links, with the token of a Mini Program."""
    SERVICE_ACCOUNT = "service_account"
    """The links of a service account, with its token."""


class Verdict(Name):
    """Whether the rules of a merchant can work."""

    READY = "ready"
    """Nothing stands in their way."""
    NOT_READY = "not_ready"
    """Something blocks them."""
    UNKNOWN = "unknown"
    """Nothing is known to block them, but not everything is known."""


class Severity(Name):
    """What a finding means for the rules of a merchant."""

    BLOCKS = "blocks"
    """WeChat refuses the rules of this account."""
    WARNS = "warns"
    """WeChat may refuse them, or refuses something that belongs to them."""
    UNKNOWN = "unknown"
    """WeChat's response does not tell it."""


@dataclass(frozen=True)
class ReadinessFinding:
    """One finding about a merchant."""

    field: str
    """The field of WeChat's response, e.g. `func_info`."""
    code: str
    """The stable code, e.g. `missing_permission_set`."""
    severity: Severity
    """What the finding means for the rules."""
    errcode: int | None
    """The error code that a call would get; None if that is not known."""
    message: str
    """What was found, and what to do."""

    def __str__(self) -> str:
        errcode = "" if self.errcode is None else f" ({self.errcode})"
        return f"{self.field}: {self.message}{errcode}"


@dataclass(frozen=True)
class Readiness:
    """Whether the rules of a merchant can work, as far as WeChat's responses tell."""

    verdict: Verdict
    """What follows from the findings."""
    findings: tuple[ReadinessFinding, ...]
    """All findings: first what blocks the rules, then the warnings, then what is unknown."""


def readiness(answer: dict[str, Any]) -> Readiness:
    """Read the verdict and the findings."""
    findings = answer["findings"]
    return Readiness(
        verdict=Verdict(answer["verdict"]),
        findings=tuple(
            ReadinessFinding(**{**finding, "severity": Severity(finding["severity"])})
            for finding in findings
        ),
    )
