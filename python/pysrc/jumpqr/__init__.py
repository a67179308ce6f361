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

from ._annotations import TYPE_CHECKING
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
from ._jumpqr import __version__
from ._rules import OrdinaryLinkRule, Rule, ServiceAccountRule, check, check_call

if TYPE_CHECKING:
    from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile
    from ._async_client import AsyncClient
    from ._async_platform import AsyncPlatform
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
    from ._matching import (
        LinkMatch,
        RuleSet,
        launch_query,
        match,
        nearest_prefix,
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
    "nearest_prefix",
    "occupies",
    "undocumented_equivalence",
    "verification_file_location",
]

# What is imported when it is first used: it takes longer than a call does.
_LATER = {
    "_answers": ("JumpQRCodeList", "LinkedMiniprogram", "ListedRule", "VerificationFile"),
    "_async_client": ("AsyncClient",),
    "_async_platform": ("AsyncPlatform",),
    "_exceptions": (
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
    ),
    "_findings": ("CheckReport", "Finding"),
    "_matching": (
        "LinkMatch",
        "RuleSet",
        "launch_query",
        "match",
        "nearest_prefix",
        "occupies",
        "undocumented_equivalence",
        "verification_file_location",
    ),
    "_names": (
        "ErrCode",
        "FieldValue",
        "FindingCode",
        "LinkStatusNumber",
        "MismatchReason",
        "Names",
        "OwnCode",
        "errcode",
        "errcodes",
        "names",
    ),
    "_platform": ("Platform",),
    "_token_status": ("TokenStatus",),
}


def __getattr__(name: str) -> object:
    """Import what is used for the first time."""
    from importlib import import_module

    for module, names in _LATER.items():
        if name in names:
            thing: object = getattr(import_module(f".{module}", __name__), name)
            globals()[name] = thing
            return thing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what is imported later, too."""
    return sorted({*globals(), *__all__})
