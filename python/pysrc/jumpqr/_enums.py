"""The values of fields, answers and errors."""

from __future__ import annotations

import enum

__all__ = [
    "Confirmation",
    "Edit",
    "ErrorKind",
    "LinkStatus",
    "OpenVersion",
    "Outcome",
    "PermitSubRule",
    "RuleState",
    "TokenState",
]


class Name(str, enum.Enum):
    """A stable name. It is equal to its text, and prints it."""

    def __str__(self) -> str:
        return str(self.value)


class OpenVersion(enum.IntEnum):
    """Which build of the Mini Program a `debug_url` opens, and for whom."""

    DEVELOPMENT = 1
    """The development build; developers only."""
    TRIAL = 2
    """The trial build; administrators and experiencers."""
    RELEASED = 3
    """The released build; developers, administrators and experiencers."""


class PermitSubRule(enum.IntEnum):
    """Whether a rule occupies the sub-rules that begin with its prefix."""

    NOT_OCCUPIED = 1
    """Other accounts may add rules below this one."""
    OCCUPIED = 2
    """Other accounts that add a rule below this one get 85072."""


class Edit(enum.IntEnum):
    """Whether addJumpQRCode adds or modifies: `is_edit`."""

    ADD = 0
    """Adds a rule that the account does not have."""
    MODIFY = 1
    """Modifies a rule that the account has."""


class RuleState(enum.IntEnum):
    """The state of a rule in the answer of getJumpQRCode."""

    UNPUBLISHED = 1
    """Only `debug_url` open the Mini Program, and only for its developers and testers."""
    PUBLISHED = 2
    """The rule is effective for everybody."""


class Confirmation(Name):
    """How a write was done, or why it was not necessary."""

    ANSWERED = "answered"
    """WeChat confirmed it."""
    READ_BACK = "read_back"
    """The answer was lost or inconclusive. The rule was read back: it is changed."""
    NOT_THERE = "not_there"
    """The rule to delete does not exist. It was looked up, and nothing was sent."""
    ALREADY_PUBLISHED = "already_published"
    """The rule is published already. It was looked up, and nothing was sent."""


class LinkStatus(Name):
    """How far the link between a service account and a Mini Program is."""

    LINKED = "linked"
    """Linked."""
    AWAITS_MINI_PROGRAM_ADMIN = "awaits_mini_program_admin"
    """Waits for an administrator of the Mini Program."""
    REFUSED = "refused"
    """An administrator of the Mini Program refused."""
    AWAITS_ACCOUNT_ADMIN = "awaits_account_admin"
    """Waits for an administrator of the service account."""


class TokenState(Name):
    """Whether the store has a token."""

    MISSING = "missing"
    """No token was fetched yet."""
    VALID = "valid"
    """The token is valid, unless WeChat has ended it early."""
    EXPIRED = "expired"
    """The token has expired; the next call fetches another."""
    UNAUTHORIZED = "unauthorized"
    """The merchant has ended the authorisation of the platform; the next call raises
    `merchant_unauthorized` without asking WeChat."""


class ErrorKind(Name):
    """What the reader of an error must do."""

    INVALID = "invalid"
    """Change the request or the configuration: it will be refused every time."""
    CREDENTIALS = "credentials"
    """Fix the credentials: appid, secret, token or authorisation."""
    PERMISSION = "permission"
    """Have a permission granted, or an IP address added to a whitelist."""
    STATE = "state"
    """Fix something outside the request: the rule's state, the domain, the verification file."""
    QUOTA = "quota"
    """Wait until a daily or monthly quota is renewed."""
    RATE_LIMITED = "rate_limited"
    """Slow down; wait, then call again."""
    BUSY = "busy"
    """WeChat is busy; call again later."""
    NETWORK = "network"
    """Look at the network between here and WeChat, then call again."""
    TIMEOUT = "timeout"
    """The deadline passed; call again, or allow more time."""
    PROTOCOL = "protocol"
    """The answer is not from WeChat: look at proxies and at `base_url`."""
    STORE = "store"
    """The token store failed; fix it."""
    INTERNAL = "internal"
    """A defect of jumpqr; report it."""


class Outcome(Name):
    """Whether a change that ended in an error was applied."""

    NOT_APPLIED = "not_applied"
    """No: nothing was sent, WeChat refused it, or the rule was read back and is not changed."""
    UNKNOWN = "unknown"
    """Nobody knows: read the rule back before you send it again."""
