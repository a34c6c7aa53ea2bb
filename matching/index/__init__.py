"""The registry index: build it from marks, search texts in it, change it without disturbing its readers."""

from matching.index.imaging import Image, from_image, image_format, to_image
from matching.index.living import Found, Index, build_index
from matching.index.scoping import EVERY_MARK, Scope

__all__ = [
    "EVERY_MARK",
    "Found",
    "Image",
    "Index",
    "Scope",
    "build_index",
    "from_image",
    "image_format",
    "to_image",
]
