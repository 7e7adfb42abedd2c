"""One FilterSet serves the page, the CSV and the endpoint."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.identity import ENOUGH_DIGITS
from customers.models import Customer, Purchase


class CustomerFilter(django_filters.FilterSet):
    """Who: by text, by identifier, by city, by when they came and last bought."""

    search = django_filters.CharFilter(method="find", label=_("Name, phone, e-mail, card or id"))
    external_id = django_filters.CharFilter()
    phone = django_filters.CharFilter(method="call")
    email = django_filters.CharFilter(lookup_expr="iexact")
    card_code = django_filters.CharFilter(lookup_expr="iexact")
    city = django_filters.CharFilter(lookup_expr="iexact")
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    last_purchase_after = django_filters.IsoDateTimeFilter(field_name="activity__last_at", lookup_expr="gte")
    last_purchase_before = django_filters.IsoDateTimeFilter(field_name="activity__last_at", lookup_expr="lt")

    class Meta:
        model = Customer
        fields = []

    def call(self, queryset, name, text):
        """A phone in any form: its digits, whole or from some digit on to the end."""
        digits = "".join(character for character in text if character.isdigit()).lstrip("0")
        return queryset.filter(phone__endswith=digits) if len(digits) >= ENOUGH_DIGITS else queryset.none()

    def find(self, queryset, name, text):
        """Any of the identifiers as a whole, or a part of the name or of a phone number."""
        text = text.strip()
        found = Q(name__icontains=text) | Q(external_id=text) | Q(card_code__iexact=text) | Q(email__iexact=text)
        digits = "".join(character for character in text if character.isdigit())
        if len(digits) >= ENOUGH_DIGITS:
            found |= Q(phone__endswith=digits)
        return queryset.filter(found)


class PurchaseFilter(django_filters.FilterSet):
    """Which purchases: whose, where, through which channel, when."""

    customer = django_filters.CharFilter(field_name="customer__public_id")
    location = django_filters.CharFilter(field_name="location__public_id")
    channel = django_filters.CharFilter()
    external_id = django_filters.CharFilter()
    date = django_filters.DateFilter(field_name="occurred_on")
    occurred_after = django_filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_before = django_filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")

    class Meta:
        model = Purchase
        fields = []
