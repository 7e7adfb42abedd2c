from django.apps import AppConfig


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"
    verbose_name = "Ficha"
    default_auto_field = "django.db.models.BigAutoField"
