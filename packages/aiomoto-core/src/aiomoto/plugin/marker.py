"""The marker that a plugin puts on its hooks; importing it imports nothing else of aiomoto."""

from __future__ import annotations

import pluggy

#: The entry point group in which plugins announce themselves.
ENTRY_POINT_GROUP = "aiomoto"

#: Marks a function of a plugin as the implementation of the hook of its name.
hookimpl = pluggy.HookimplMarker(ENTRY_POINT_GROUP)
