"""When a request is to be called."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Plan(NamedTuple):
    """When to call: the start and end of the window, and the deadline, promised or targeted."""

    due_at: datetime
    due_until: datetime
    call_by: datetime
