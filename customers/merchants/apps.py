from django.apps import AppConfig
from django.db import models
from django.utils.translation import gettext_lazy as _

from .lookups import Among


class MerchantsConfig(AppConfig):
    name = "customers.merchants"
    label = "merchants"
    verbose_name = _("Merchants")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        models.Field.register_lookup(Among)
        models.ForeignObject.register_lookup(Among)  # keys have lookups of their own
