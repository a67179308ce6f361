"""The exceptions: one tree under `JumpqrError`, by what the reader must do."""

from __future__ import annotations

import sys
from typing import Any

from ._enums import ErrorKind, Outcome
from ._findings import Finding, findings

__all__ = [
    "BusyError",
    "CallTimeoutError",
    "CredentialsError",
    "InternalError",
    "InvalidError",
    "JumpqrError",
    "NetworkError",
    "PermissionDeniedError",
    "ProtocolError",
    "QuotaError",
    "RateLimitedError",
    "StateError",
    "StoreError",
    "ValidationError",
]


class JumpqrError(Exception):
    """What went wrong, and what to do next.

    It never contains an access token or a secret, and can be pickled.
    """

    kind: ErrorKind
    """What the reader must do, in a word."""
    code: str
    """The stable name of WeChat's code, e.g. `illegal_prefix`, or of jumpqr's, e.g. `timeout`."""
    message: str
    """What happened, without the advice."""
    advice: str
    """What to do next, for a person."""
    retryable: bool
    """Whether the same call may succeed later with nothing changed. Repeat a write only if
    `outcome` is `not_applied`."""
    outcome: Outcome
    """Whether the change was applied."""
    interface: str | None
    """WeChat's name of the interface that was called, e.g. `addJumpQRCode`."""
    errcode: int | None
    """WeChat's number."""
    errmsg: str | None
    """WeChat's unchanged text, with the rid."""
    rid: str | None
    """The request id, which WeChat's support asks for."""
    violations: tuple[Finding, ...]
    """All reasons why a request was refused before it was sent; empty for all other errors."""

    def __init__(self, parts: dict[str, Any]) -> None:
        """Take the parts of the core's error."""
        super().__init__(parts["text"])
        self._parts = parts
        self.kind = ErrorKind(parts["kind"])
        self.code = parts["code"]
        self.message = parts["message"]
        self.advice = parts["advice"]
        self.retryable = parts["retryable"]
        self.outcome = Outcome(parts["outcome"])
        self.interface = parts["interface"]
        self.errcode = parts["errcode"]
        self.errmsg = parts["errmsg"]
        self.rid = parts["rid"]
        self.violations = findings(parts["violations"])
        if sys.version_info >= (3, 11):
            # So that an exception that nobody catches says what to do next.
            self.add_note(self.advice)

    def __str__(self) -> str:
        """Return what happened, with the code and the rid."""
        return str(self._parts["text"])

    def __reduce__(self) -> tuple[type[JumpqrError], tuple[dict[str, Any]]]:
        """Return how to make the same error again."""
        return type(self), (self._parts,)


class InvalidError(JumpqrError):
    """The request or the configuration must be changed: it will be refused every time."""


class ValidationError(InvalidError, ValueError):
    """The request or a setting was refused before anything was sent, see `violations`."""


class CredentialsError(JumpqrError):
    """Appid, secret, token or authorisation must be fixed."""


class PermissionDeniedError(JumpqrError):
    """A permission must be granted, or an IP address put on a whitelist."""


class StateError(JumpqrError):
    """Something else must be fixed: the rule's state, the domain or the verification file."""


class QuotaError(JumpqrError):
    """A daily or monthly quota is used up."""


class RateLimitedError(JumpqrError):
    """There are too many calls at once."""


class BusyError(JumpqrError):
    """WeChat is busy."""


class NetworkError(JumpqrError):
    """The network between here and WeChat failed."""


class CallTimeoutError(JumpqrError, TimeoutError):
    """The call's deadline passed."""


class ProtocolError(JumpqrError):
    """The answer is not from WeChat."""


class StoreError(JumpqrError):
    """The token store failed."""


class InternalError(JumpqrError):
    """A defect of jumpqr; report it."""


class SandboxError(Exception):
    """A sandbox did not start or refused a request; the text names the field and what to do."""


def from_parts(parts: dict[str, Any]) -> JumpqrError:
    """Make the exception for an error of the core; called by the extension module."""
    error: JumpqrError = globals()[parts["class"]](parts)
    return error
