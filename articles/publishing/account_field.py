from typing import Any

from django import forms


class AccountField(forms.ModelChoiceField):
    """A choice among accounts, by the names of people."""

    def label_from_instance(self, account: Any) -> str:
        return account.get_full_name() or account.get_username()
