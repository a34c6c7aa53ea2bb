"""The registry index: build it from marks, search texts in it, change it without disturbing its readers."""

from matching.index.living import Found, Index, build_index

__all__ = ["Found", "Index", "build_index"]
