"""What every endpoint has in common."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from customers.merchants.models import Merchant
from customers.merchants.refusals import Missing

from . import auth, once
from .parsing import JSON, NullCharacter

LONGEST_ID = 100  # characters of an address; the idempotency keys keep the whole of it


class Endpoint(APIView):
    """A call of one merchant's key. `scopes` names what a method needs beyond `read`; `once_required` marks ⚿.

    `row_reply` is the documented reply, or one row of it, whose names are the columns of the CSV.
    """

    scopes: dict[str, str] = {}
    once_required: tuple[str, ...] = ()
    row_reply: type[Serializer] | None = None
    throttle_classes = (auth.PerKey,)
    parser_classes = (JSON,)

    @property
    def merchant(self) -> Merchant:
        return self.request.auth.merchant

    def initial(self, request, *args, **kwargs):
        self.at = timezone.now()  # the edge reads the clock, once
        super().initial(request, *args, **kwargs)
        if any("\0" in part or len(part) > LONGEST_ID for part in kwargs.values()):
            raise Missing
        for name, text in request.query_params.items():
            if "\0" in text:
                raise NullCharacter(field=name)

    def throttled(self, request, wait):
        auth.too_many(request, wait)

    def today(self) -> date:
        """The day at the shop."""
        return self.at.astimezone(ZoneInfo(self.merchant.timezone)).date()

    def read(self, serializer, data=None):
        """The validated body; raises what becomes a 400."""
        body = serializer(data=self.request.data if data is None else data, context={"merchant": self.merchant})
        body.is_valid(raise_exception=True)
        return body.validated_data

    def once(self, work, *, rehearsable=True):
        """Run `work` in a transaction, at most once per Idempotency-Key; a dry run is rolled back."""
        required = self.request.method in self.once_required
        return once.do(self.request, work, at=self.at, required=required, rehearsable=rehearsable)

    def dry(self, work):
        """Run `work` and roll it back, whatever the client asked."""
        return once.rehearse(work)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if rate := getattr(request._request if hasattr(request, "_request") else request, "rate", None):
            limit, remaining, reset = rate
            response["RateLimit-Limit"], response["RateLimit-Remaining"] = str(limit), str(remaining)
            response["RateLimit-Reset"] = str(reset)
        return response


def made(body: dict, *, new: bool = True) -> tuple[int, dict]:
    """The status and body of what was made, or stood already."""
    return (201 if new else 200), body


__all__ = ["Endpoint", "Response", "made"]
