"""Mappings of other types than `dict`, for the extension module."""

from __future__ import annotations

from collections.abc import Mapping


def items(thing: object) -> list[object] | None:
    """List the items of a mapping; return None for what is not a mapping."""
    return list(thing.items()) if isinstance(thing, Mapping) else None
