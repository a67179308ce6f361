"""Adds and modifies the rules by which WeChat opens a Mini Program from a QR code.

`Client` and `AsyncClient` call addJumpQRCode and its family, with the access tokens they need.
`Platform` and `AsyncPlatform` have such clients for the merchants of a third-party platform.
`check`, `match_url` and `errcode` need no network. `jumpqr.testing` has a local WeChat to try
everything.

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

from . import _client, _enums, _rules
from ._client import *
from ._enums import *
from ._jumpqr import __version__ as __version__
from ._light import TYPE_CHECKING
from ._rules import *

if TYPE_CHECKING:
    from ._answers import *
    from ._async_client import *
    from ._async_platform import *
    from ._events import *
    from ._exceptions import *
    from ._findings import *
    from ._matching import *
    from ._merchants import *
    from ._names import *
    from ._platform import *
    from ._preflight import *
    from ._pushes import *
    from ._qr import *
    from ._readiness import *
    from ._settings import *
    from ._token_status import *

    __all__: list[str]

_LATER = [
    "_exceptions",
    "_findings",
    "_answers",
    "_token_status",
    "_platform",
    "_pushes",
    "_merchants",
    "_readiness",
    "_preflight",
    "_names",
    "_matching",
    "_qr",
    "_events",
    "_settings",
    "_async_client",
    "_async_platform",
]
"""The modules that are imported when one of their names is used, the slow ones last."""


def __getattr__(name: str) -> object:
    """Import modules until one defines the name."""
    from importlib import import_module

    if name == "__all__":
        later = [import_module(f".{module}", __name__) for module in _LATER]
        modules = [_client, _enums, _rules, *later]
        return sorted(["__version__", *(name for module in modules for name in module.__all__)])
    if not name.startswith("_"):
        for module in _LATER:
            found = import_module(f".{module}", __name__)
            if name in found.__all__:
                globals()[name] = getattr(found, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List all names, of the modules that are imported later, too."""
    from . import __all__ as public

    return sorted({*globals(), *public})
