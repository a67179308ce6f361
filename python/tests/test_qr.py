"""The code of a link."""

from __future__ import annotations

import pytest

import jumpqr

LINK = "https://m.example.cn/table/?id=7"


def test_a_code_shows_its_link_and_level() -> None:
    assert repr(jumpqr.qr(LINK, level="H")) == f"QrCode({LINK!r}, level='H')"


def test_text_for_a_terminal_has_a_line_for_two_rows() -> None:
    code = jumpqr.qr(LINK)
    lines = (len(code.matrix) + 8 + 1) // 2
    coloured, plain = code.terminal().splitlines(), code.plain().splitlines()
    assert len(coloured) == len(plain) == lines
    assert all(line.startswith("\x1b[") and line.endswith("\x1b[0m") for line in coloured)
    assert all(set(line) <= set(" ▀▄█") for line in plain)


def test_the_usual_picture_has_modules_of_8_pixels() -> None:
    code = jumpqr.qr(LINK)
    width = int.from_bytes(code.png()[16:20], "big")
    assert width == 8 * (len(code.matrix) + 8)
    assert code.png() == code.png(8)


def test_a_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        jumpqr.qr("https://m.example.cn/\ud800")
