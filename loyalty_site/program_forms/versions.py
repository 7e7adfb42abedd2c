"""Which two versions of a promise to compare."""

from django import forms


class VersionsForm(forms.Form):
    """Two numbers of the address, ?from=1&to=2; what makes no sense is left open."""

    since = forms.IntegerField(required=False, min_value=1)
    until = forms.IntegerField(required=False, min_value=1)

    def __init__(self, query):
        super().__init__({"since": query.get("from"), "until": query.get("to")})

    def numbers(self) -> dict[str, int | None]:
        """What was asked for, as far as it is a number."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
