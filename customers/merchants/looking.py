"""Looking at rows in the maintenance pages without touching them."""

from django.contrib import admin


class LookOnly(admin.ModelAdmin):
    """What verbs write, people only read here: a change past the verbs would break the books."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
