"""The contract as committed, for tests that walk it; that it is what the code draws has a test of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

COMMITTED: Final = Path(__file__).parent.parent / "openapi" / "openapi.json"
CONTRACT: Final[dict[str, Any]] = msgspec.json.decode(COMMITTED.read_bytes())
