"""Adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code.

`Client` and `AsyncClient` call addJumpQRCode and its family, with the access tokens they need, and `Platform` and
`AsyncPlatform` give such clients for the merchants of a third-party platform; `check`, `match` and
`errcode` need no network; `jumpqr.testing` has a local WeChat to try everything against.

>>> import jumpqr
>>> from jumpqr.testing import Sandbox
>>> rule = jumpqr.OrdinaryLinkRule(
...     prefix="https://m.example.cn/table/",
...     path="pages/index/index",
...     open_version=jumpqr.OpenVersion.DEVELOPMENT,
...     permit_sub_rule=jumpqr.PermitSubRule.NOT_OCCUPIED,
... )
>>> with Sandbox() as sandbox, sandbox.client() as client:
...     str(client.add_jump_qr_code(rule))
'answered'
"""

from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile
from ._async_client import AsyncClient
from ._async_platform import AsyncPlatform
from ._client import Client
from ._enums import (
    Confirmation,
    Edit,
    Kind,
    LinkStatus,
    Mismatch,
    OpenVersion,
    Outcome,
    PermitSubRule,
    RuleState,
    TokenState,
)
from ._exceptions import (
    BusyError,
    CallTimeoutError,
    CredentialsError,
    InternalError,
    InvalidError,
    JumpqrError,
    NetworkError,
    PermissionDeniedError,
    ProtocolError,
    QuotaError,
    RateLimitedError,
    StateError,
    StoreError,
    ValidationError,
)
from ._findings import CheckReport, Finding
from ._jumpqr import __version__
from ._matching import (
    LinkMatch,
    RuleSet,
    launch_query,
    match,
    occupies,
    undocumented_equivalence,
    verification_file_location,
)
from ._names import (
    ErrCode,
    FieldValue,
    FindingCode,
    LinkStatusNumber,
    MismatchReason,
    Names,
    OwnCode,
    errcode,
    errcodes,
    names,
)
from ._platform import Platform
from ._rules import OrdinaryLinkRule, Rule, ServiceAccountRule, check, check_call
from ._token_status import TokenStatus

__all__ = [
    "AsyncClient",
    "AsyncPlatform",
    "BusyError",
    "CallTimeoutError",
    "CheckReport",
    "Client",
    "Confirmation",
    "CredentialsError",
    "Edit",
    "ErrCode",
    "FieldValue",
    "Finding",
    "FindingCode",
    "InternalError",
    "InvalidError",
    "JumpQRCodeList",
    "JumpqrError",
    "Kind",
    "LinkMatch",
    "LinkStatus",
    "LinkStatusNumber",
    "LinkedMiniprogram",
    "ListedRule",
    "Mismatch",
    "MismatchReason",
    "Names",
    "NetworkError",
    "OpenVersion",
    "OrdinaryLinkRule",
    "Outcome",
    "OwnCode",
    "PermissionDeniedError",
    "PermitSubRule",
    "Platform",
    "ProtocolError",
    "QuotaError",
    "RateLimitedError",
    "Rule",
    "RuleSet",
    "RuleState",
    "ServiceAccountRule",
    "StateError",
    "StoreError",
    "TokenState",
    "TokenStatus",
    "ValidationError",
    "VerificationFile",
    "__version__",
    "check",
    "check_call",
    "errcode",
    "errcodes",
    "launch_query",
    "match",
    "names",
    "occupies",
    "undocumented_equivalence",
    "verification_file_location",
]
