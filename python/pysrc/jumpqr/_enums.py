"""The values that fields, answers and errors take."""

from __future__ import annotations

import enum


class _Name(str, enum.Enum):
    """A stable name: equal to its text, and printed as it."""

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


class Confirmation(_Name):
    """How a write was done, or why it need not be done."""

    ANSWERED = "answered"
    """WeChat answered that it is done."""
    READ_BACK = "read_back"
    """The answer got lost or was inconclusive; it was read back, and the change stands."""
    NOT_THERE = "not_there"
    """There is no rule with this prefix to delete: it was looked up before, and nothing was sent."""
    ALREADY_PUBLISHED = "already_published"
    """The rule is published already: it was looked up before, and nothing was sent."""


class LinkStatus(_Name):
    """How far the link between a service account and a Mini Program is."""

    LINKED = "linked"
    """Linked."""
    AWAITS_MINI_PROGRAM_ADMIN = "awaits_mini_program_admin"
    """Waits for an administrator of the Mini Program."""
    REFUSED = "refused"
    """An administrator of the Mini Program refused."""
    AWAITS_ACCOUNT_ADMIN = "awaits_account_admin"
    """Waits for an administrator of the service account."""


class TokenState(_Name):
    """Whether there is a token in the store."""

    MISSING = "missing"
    """None was fetched yet."""
    VALID = "valid"
    """There is one that should live, unless WeChat has cut its life short."""
    EXPIRED = "expired"
    """There was one; the next call fetches another."""


class Kind(_Name):
    """What the reader of an error must do."""

    INVALID = "invalid"
    """Change the request or the configuration: it will be refused every time."""
    CREDENTIALS = "credentials"
    """Fix the credentials: appid, secret, token or authorisation."""
    PERMISSION = "permission"
    """Have somebody grant a permission, or add an IP address to a whitelist."""
    STATE = "state"
    """Fix what stands outside the request: the rule's state, the domain, the verification file."""
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
    """The answer is not one of WeChat's: look at proxies and at `base_url`."""
    STORE = "store"
    """The token store failed; fix it."""
    INTERNAL = "internal"
    """A defect of jumpqr's; report it."""


class Outcome(_Name):
    """Whether a change that ended in an error was applied."""

    NOT_APPLIED = "not_applied"
    """It was not: nothing was sent, or WeChat refused it, or it was read back and does not stand as asked."""
    UNKNOWN = "unknown"
    """It cannot be told: read the rule back before sending again."""


class Mismatch(_Name):
    """Why a rule does not cover a scanned link; `message` says what to do."""

    RULE_NOT_A_LINK = "rule_not_a_link"
    """The rule's prefix is not an http(s) URL."""
    LINK_NOT_A_LINK = "link_not_a_link"
    """The scanned text is not an http(s) URL."""
    SCHEME_DIFFERS = "scheme_differs"
    """One is http, the other https."""
    DOMAIN_DIFFERS = "domain_differs"
    """The domains are not the same."""
    NOT_A_SUB_PATH = "not_a_sub_path"
    """The link's path is neither the rule's nor below it."""
    NO_TRAILING_SLASH = "no_trailing_slash"
    """The link's path is below the rule's, but the rule does not end with `/`."""
    QUERY_NOT_A_PREFIX = "query_not_a_prefix"
    """The link's query does not begin with the rule's."""

    @property
    def message(self) -> str:
        """What happened and what to do, in one sentence each."""
        from ._names import names

        return next(reason.message for reason in names().mismatches if reason.code == self.value)
