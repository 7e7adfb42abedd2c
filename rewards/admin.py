"""Maintenance of promises and points: looked at here, changed by their verbs."""

from django.contrib import admin

from customers.merchants.looking import LookOnly

from .models import Entry, Membership, Program, ProgramVersion, Redemption, Reward, Voucher, VoucherBatch


class VersionInline(admin.TabularInline):
    model = ProgramVersion
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Program)
class ProgramAdmin(LookOnly):
    list_display = ("name", "merchant", "kind", "status", "starts_at", "activated_at")
    list_select_related = ("merchant",)
    inlines = (VersionInline,)


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    list_display = ("public_id", "program", "customer", "tier", "tier_until", "joined_at")
    list_select_related = ("program", "customer")
    search_fields = ("=public_id", "=customer__public_id")


@admin.register(Entry)
class EntryAdmin(LookOnly):
    list_display = ("public_id", "kind", "points", "balance_after", "occurred_at", "recorded_at", "reason")
    search_fields = ("=public_id", "=membership__public_id")


@admin.register(Voucher)
class VoucherAdmin(LookOnly):
    list_display = ("name", "merchant", "code", "status", "uses_left", "customer", "issued_at", "expires_at")
    list_select_related = ("merchant", "customer")
    list_filter = ("status",)
    search_fields = ("=public_id", "=code", "=customer__public_id")


@admin.register(Reward)
class RewardAdmin(LookOnly):
    list_display = ("name", "merchant", "program", "status", "cost", "stock", "starts_at", "ends_at")
    list_select_related = ("merchant", "program")
    list_filter = ("status",)
    search_fields = ("=public_id",)


@admin.register(Redemption)
class RedemptionAdmin(LookOnly):
    list_display = ("public_id", "merchant", "reward", "membership", "quantity", "points", "status", "redeemed_at")
    list_select_related = ("merchant", "reward", "membership")
    list_filter = ("status",)
    search_fields = ("=public_id", "=membership__public_id")


@admin.register(VoucherBatch)
class VoucherBatchAdmin(LookOnly):
    list_display = ("name", "merchant", "prefix", "count", "created_at", "actor")
    list_select_related = ("merchant",)
    search_fields = ("=public_id", "name")
