"""Maintenance of facts: looked at here, changed by their verbs."""

from django.contrib import admin

from customers.merchants.looking import LookOnly

from .models import Activity, Customer, Import, Purchase, Refund


@admin.register(Customer)
class CustomerAdmin(LookOnly):
    list_display = ("name", "merchant", "external_id", "phone", "email", "card_code", "created_at")
    list_select_related = ("merchant",)
    search_fields = ("=public_id", "=external_id", "=phone", "=email", "=card_code", "name")


@admin.register(Purchase)
class PurchaseAdmin(LookOnly):
    list_display = ("public_id", "merchant", "external_id", "occurred_at", "amount", "refunded", "channel", "voided_at")
    list_select_related = ("merchant",)
    search_fields = ("=public_id", "=external_id")


@admin.register(Refund)
class RefundAdmin(LookOnly):
    list_display = ("public_id", "merchant", "external_id", "occurred_at", "amount", "undone_at")
    list_select_related = ("merchant",)
    search_fields = ("=public_id", "=external_id")


@admin.register(Import)
class ImportAdmin(LookOnly):
    list_display = ("filename", "merchant", "kind", "state", "rows", "accepted", "duplicates", "rejected", "created_at")
    list_select_related = ("merchant",)
    list_filter = ("kind", "state")


@admin.register(Activity)
class ActivityAdmin(LookOnly):
    list_display = ("type", "merchant", "customer", "external_id", "occurred_at", "recorded_at")
    list_select_related = ("merchant", "customer")
    search_fields = ("=public_id", "=external_id", "=customer__public_id")
