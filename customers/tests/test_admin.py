import pytest
from django.contrib import admin
from django.urls import reverse

from customers.merchants.models import User

OURS = ("merchants", "customers", "rewards")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [model for model in admin.site._registry if model._meta.app_label in OURS],
    ids=lambda model: model.__name__,
)
def test_every_maintenance_list_opens(client, model):
    client.force_login(User.objects.create_superuser("root@a.test", "dull"))

    answer = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))

    assert answer.status_code == 200
