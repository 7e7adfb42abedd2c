"""The keys of tills, web shops and apps."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId

from .shops import Location, Merchant


class Scope(models.TextChoices):
    """What a key may do; each scope includes those before it."""

    READ = "read", _("read")
    COUNTER = "counter", _("counter")
    MANAGE = "manage", _("manage")


class ApiKey(models.Model):
    """The key of a till, a web shop or an app. Only a hash is kept: the key itself is shown once."""

    public_id = PublicId("key")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=16, editable=False, help_text=_("The first characters, to tell keys apart."))
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                condition=Q(revoked_at=None),
                name="names_of_working_keys_differ",
                violation_error_message=_("A working key has this name already."),
            ),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="a_scope_is_one_of_three"),
        ]

    def __str__(self):
        return self.name

    def allows(self, scope: str) -> bool:
        """Whether the key's scope includes the one asked for."""
        order = Scope.values
        return order.index(self.scope) >= order.index(scope)
