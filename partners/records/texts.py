"""Texts: what several nouns ask of the words that are submitted to them."""

from __future__ import annotations


def is_readable(text: str) -> bool:
    """Tell whether there is anything to read: spaces and invisible characters alone are nothing."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)
