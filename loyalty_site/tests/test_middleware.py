"""What every answer carries, whatever it is about."""

import gzip

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api

pytestmark = pytest.mark.django_db
TAKES = {"accept-encoding": "gzip"}


def test_pages_are_compressed_for_whom_takes_it(client):
    packed, plain = client.get("/login/", headers=TAKES), client.get("/login/")

    assert (packed["Content-Encoding"], plain.has_header("Content-Encoding")) == ("gzip", False)
    assert "Accept-Encoding" in packed["Vary"]
    assert b"<!doctype html>" in gzip.decompress(packed.content).lower()


def test_answers_of_the_api_are_compressed_too():
    shop = factories.merchant()
    for __ in range(3):
        factories.customer(shop)

    response = api(shop).get("customers", headers=TAKES)

    assert response["Content-Encoding"] == "gzip"
    assert b'"data"' in gzip.decompress(response.content)
