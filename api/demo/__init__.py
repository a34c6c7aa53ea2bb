"""The demo: the main job end to end, played through the public surface as partners would, with a report.

`stage` starts a real service, `caller` and `receiver` are the partners' programs, each story is a room of
its own, and `report` shows what came of it.
"""
