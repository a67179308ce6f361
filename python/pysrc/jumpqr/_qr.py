"""Pictures of the codes of links."""

from __future__ import annotations

from typing import Literal, final

from . import _jumpqr

__all__ = ["QrCode", "qr"]


@final
class QrCode:
    """The QR code of a link, which `qr` makes."""

    __slots__ = ("_native", "link")

    link: str
    """The link. The code contains its UTF-8, byte for byte."""

    def __init__(self, link: str, level: Literal["L", "M", "Q", "H"]) -> None:
        self._native = _jumpqr.QrCode(link, level)
        self.link = link

    @property
    def level(self) -> Literal["L", "M", "Q", "H"]:
        """The error-correction level that the code has: the one asked for, or a higher one."""
        level: Literal["L", "M", "Q", "H"] = self._native.level()
        return level

    @property
    def version(self) -> int:
        """The version, from 1 to 40, which is the size by another name."""
        return self._native.version()

    @property
    def matrix(self) -> list[list[bool]]:
        """The rows of modules, without the light border; a dark module is `True`."""
        return self._native.matrix()

    def svg(self, caption: str | None = None) -> str:
        """Return an SVG picture, with the caption below the code."""
        return self._native.svg(caption)

    def png(self, scale: int = 8) -> bytes:
        """Return a PNG picture; `scale` is the pixels for the side of a module, 1 to 64."""
        return self._native.png(scale)

    def terminal(self) -> str:
        """Return text for a terminal that shows colours, on any background: it sets both."""
        return self._native.terminal()

    def plain(self) -> str:
        """Return text without colours, for a terminal with a dark background."""
        return self._native.plain()

    def __repr__(self) -> str:
        return f"QrCode({self.link!r}, level={self.level!r})"


def qr(link: str, *, level: Literal["L", "M", "Q", "H"] = "M") -> QrCode:
    """Return the QR code of a link, with at least this error-correction level.

    It raises `ValidationError` if the link is empty, or fits into no code. Whether WeChat opens the
    link is another question: see `RuleSet.match_url`.

    >>> code = qr("https://m.example.cn/table/?id=7")
    >>> code.level, code.version, len(code.matrix)
    ('Q', 3, 29)
    >>> code.svg(caption="Table 7")[:4], code.png()[1:4]
    ('<svg', b'PNG')
    """
    return QrCode(link, level)
