"""Maintenance of the tenant."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from .looking import LookOnly
from .models import ApiKey, Invitation, Location, Merchant, StaffMember, User


@admin.register(User)
class PersonAdmin(UserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "theme")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)


@admin.register(Merchant)
class MerchantAdmin(LookOnly):
    """Currency, time zone and slug hold the books together: settings and commands change what may still change."""

    list_display = ("name", "slug", "currency", "country", "timezone")
    search_fields = ("name", "slug")


@admin.register(Location)
class LocationAdmin(LookOnly):
    list_display = ("name", "merchant", "note")
    list_select_related = ("merchant",)


@admin.register(StaffMember)
class StaffMemberAdmin(admin.ModelAdmin):
    list_display = ("user", "merchant", "role", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "merchant")
    autocomplete_fields = ("user", "merchant")


@admin.register(Invitation)
class InvitationAdmin(LookOnly):
    list_display = ("email", "merchant", "role", "created_at", "accepted_at", "withdrawn_at")
    list_select_related = ("merchant",)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys are made by `create_api_key`, which shows them once; here they are only looked at."""

    list_display = ("name", "merchant", "scope", "hint", "created_at", "revoked_at")
    list_select_related = ("merchant",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
