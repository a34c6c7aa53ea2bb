"""The interactive reference: Swagger UI shipped with the service, so that it works without the internet."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from msgspec import Struct

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Touchstone API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  displayRequestDuration: true,
  validatorUrl: null,
});
"""
# Everything comes from ourselves; Swagger UI sets styles of its own and draws its icons as data.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Asset(Struct, frozen=True):
    """A file of the reference page; `packed` is gzip."""

    media_type: str
    packed: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.packed)


@cache
def load_assets() -> dict[str, Asset]:
    """The reference's files by name; the page itself has the empty name."""
    folder = files("openapi") / "swagger"
    return {
        "": Asset("text/html; charset=utf-8", _pack(_PAGE)),
        "start.js": Asset("text/javascript; charset=utf-8", _pack(_START)),
        "swagger-ui.css": Asset("text/css; charset=utf-8", (folder / "swagger-ui.css.gz").read_bytes()),
        "swagger-ui-bundle.js": Asset(
            "text/javascript; charset=utf-8", (folder / "swagger-ui-bundle.js.gz").read_bytes()
        ),
    }


def _pack(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)
