"""The visitors' form as it arrives: its answers are checked, and most are never shown again."""

from __future__ import annotations

from typing import Any, Self

from .forms import CallbackForm


class SharedFields(dict[str, Any]):
    """Fields that a form takes as they are, where others copy each for themselves."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class ReceivedForm(CallbackForm):
    """A form to check. Its fields are those of all, so only what `to_show` returns is rendered.

    To copy and prepare them was a seventh of a post, of which `bench.callback` prints the rate.
    """

    def prepare_to_show(self) -> None:
        """What it would change belongs to all forms."""

    def to_show(self) -> CallbackForm:
        return CallbackForm(self.data)


ReceivedForm.base_fields = SharedFields(CallbackForm.base_fields)
