"""Whether WeChat will find the verification file, before a rule is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._enums import Name
from ._readiness import Severity

if TYPE_CHECKING:
    from ._answers import ListedRule, VerificationFile
    from ._rules import Rule

__all__ = ["Preflight", "PreflightFinding", "PreflightVerdict"]


class PreflightVerdict(Name):
    """Whether WeChat will find the verification file, as far as it can be seen from here."""

    WILL_FAIL = "will_fail"
    """WeChat refuses the rule with 85069."""
    MAY_FAIL = "may_fail"
    """It depends on the address or the moment, or something is a reported cause."""
    NO_CAUSE_FOUND = "no_cause_found"
    """From here, no cause of a refusal can be seen."""
    NO_FILE_NEEDED = "no_file_needed"
    """A service account's rule needs no file."""


@dataclass(frozen=True)
class PreflightFinding:
    """One cause for which WeChat does not, or may not, find the file."""

    code: str
    """The stable code, e.g. `file_at_root`."""
    severity: Severity
    """What the finding means for the rule."""
    message: str
    """What is wrong."""
    url: str | None
    """The URL at which it was seen; None if nothing was fetched."""
    addresses: tuple[str, ...]
    """The addresses at which it was seen, with their ports."""
    extent: str
    """Where it shows: `everywhere`, `ipv6_only`, `ipv4_only`, `some_addresses`, `some_answers`."""
    share: str | None
    """Where it shows, in numbers, e.g. `1 of 3 answers`; None if it shows everywhere."""
    seen: str
    """What was seen, verbatim, on one line."""
    why: str
    """Why WeChat refuses it."""
    remedy: str
    """What to do."""

    def __str__(self) -> str:
        share = "" if self.share is None else f" ({self.share})"
        return f"{self.message}{share}: {self.seen}. {self.why} {self.remedy}"


@dataclass(frozen=True)
class Preflight:
    """What a preflight has seen and found."""

    verdict: PreflightVerdict
    """What follows from the findings."""
    unseen: str
    """Where it was looked from, and what cannot be seen from there."""
    prefix: str
    """The rule's prefix."""
    url: str | None
    """The URL from which WeChat fetches the file; None if the prefix is not a link."""
    file_name: str
    """The name of the file."""
    is_rehearsal: bool
    """Whether private addresses were allowed, or addresses of the caller were used."""
    looked_from: tuple[str, ...]
    """The addresses of this machine from which it looked."""
    dns: dict[str, Any] | None
    """What DNS gave: `ms`, `addresses`, `failure`; None if it was not asked."""
    findings: tuple[PreflightFinding, ...]
    """All findings: first what blocks the rule, then the warnings, then what is unknown."""
    fetches: tuple[dict[str, Any], ...]
    """Every fetch: the URL, the address, the times in milliseconds, and what came of it."""


def arguments(
    rule: str | Rule | ListedRule | Mapping[str, object],
    file: VerificationFile | None,
    **options: float | bool | str | Sequence[str] | None,
) -> dict[str, object]:
    """Return the arguments of the native method."""
    if isinstance(rule, str):
        rule = {"prefix": rule}
    elif not isinstance(rule, Mapping):
        rule = {"prefix": rule.prefix, "appid": getattr(rule, "appid", None)}
    return {
        "prefix": rule.get("prefix"),
        "appid": rule.get("appid"),
        "file": None if file is None else vars(file),
        **options,
    }


def preflight(report: dict[str, Any]) -> Preflight:
    """Read the report."""
    findings = (
        PreflightFinding(
            **{
                **finding,
                "severity": Severity(finding["severity"]),
                "addresses": tuple(finding["addresses"]),
            }
        )
        for finding in report["findings"]
    )
    return Preflight(
        **{
            **report,
            "verdict": PreflightVerdict(report["verdict"]),
            "looked_from": tuple(report["looked_from"]),
            "findings": tuple(findings),
            "fetches": tuple(report["fetches"]),
        }
    )
