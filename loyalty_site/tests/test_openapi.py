"""The generated OpenAPI document: valid, without a warning, and complete."""

import io
import json
import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from loyalty_site.api.urls import urlpatterns
from loyalty_site.tests import api_client
from rewards.programs import CHOICES, DEFAULT_POLICIES
from rewards.rules import conditions, limits, parsing

PUBLIC = {"openapi", "docs"}


@pytest.fixture(scope="module")
def document():
    """The document as a client fetches it."""
    return api_client.Api(None).get("openapi.json").json()


def operations(document):
    """Every documented call: path, method and what is said of it."""
    return [(path, method, call) for path, calls in document["paths"].items() for method, call in calls.items()]


def test_document_validates_without_a_warning():
    said = io.StringIO()

    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", stdout=said)

    assert json.loads(said.getvalue())["openapi"] == "3.1.0"


def test_document_is_served_as_openapi_3_1(document):
    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "Ficha API")


def test_document_names_every_path_and_method(document):
    known = {
        ("/api/v1/" + re.sub(r"<str:(\w+)>", r"{\1}", str(pattern.pattern)), method)
        for pattern in urlpatterns
        if pattern.name and pattern.name not in PUBLIC
        for method in pattern.callback.view_class.http_method_names
        if method not in {"options", "head"} and getattr(pattern.callback.view_class, method, None)
    }

    assert {(path, method) for path, method, __ in operations(document)} == known


def test_document_gives_every_call_its_own_id(document):
    ids = [call["operationId"] for __, __, call in operations(document)]

    assert len(ids) == len(set(ids))


def test_document_asks_for_the_key_everywhere(document):
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert [path for path, __, call in operations(document) if {"key": []} not in call["security"]] == []


def test_document_asks_for_an_idempotency_key_where_points_move(document):
    marked = [
        path.removeprefix("/api/v1/")
        for path, __, call in operations(document)
        if any(one["name"] == "Idempotency-Key" and one["required"] for one in call.get("parameters", ()))
    ]

    assert sorted(marked) == [
        "activities",
        "adjustments/{public_id}/approve",
        "customers",
        "imports/{public_id}/undo",
        "memberships/{public_id}/adjustments",
        "memberships/{public_id}/pool",
        "memberships/{public_id}/transfers",
        "purchases",
        "purchases/batch",
        "purchases/{public_id}/reassign",
        "purchases/{public_id}/refunds",
        "purchases/{public_id}/void",
        "redemptions",
        "redemptions/{public_id}/cancel",
        "redemptions/{public_id}/capture",
        "returns",
        "surveys/{public_id}/responses",
        "vouchers",
        "vouchers/{code}/reverse",
        "vouchers/{code}/revoke",
        "vouchers/{code}/use",
    ]


def test_document_describes_lists_as_pages(document):
    listed = document["paths"]["/api/v1/customers"]["get"]

    page = document["components"]["schemas"]["PaginatedCustomerReplyList"]
    content = listed["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/PaginatedCustomerReplyList"}
    assert content["text/csv"]["schema"] == {"type": "string"}
    assert page["required"] == ["data", "has_more", "next_cursor"]
    assert [one["name"] for one in listed["parameters"] if one["name"] in {"limit", "cursor"}] == ["cursor", "limit"]


def test_document_describes_problems_of_every_call(document):
    problems = [call["responses"]["default"]["content"] for __, __, call in operations(document)]

    assert problems == [
        {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}} for __ in problems
    ]


def test_docs_page_runs_no_inline_script():
    response = api_client.Api(None).get("docs")

    text = response.content.decode()
    assert response.status_code == 200
    assert text.count("<script") == text.count("<script src=")


def test_docs_page_is_at_its_address():
    assert get_resolver().resolve("/api/v1/docs").view_name == "api:docs"


def test_document_names_what_rules_are_made_of(document):
    said = document["components"]["schemas"]["ProgramBodyRequest"]["properties"]
    rule = said["rules"]["items"]["properties"]

    assert set(rule) == set(parsing.RULE_PARTS)
    assert set(rule["award"]["properties"]) == set(parsing.KINDS)
    assert set(rule["when"]["properties"]) == set(conditions.READERS)
    assert rule["limits"]["properties"]["total"]["properties"]["period"]["enum"] == list(limits.PERIODS)
    assert set(said["policies"]["properties"]) == set(DEFAULT_POLICIES)
    for name, choices in CHOICES.items():
        assert said["policies"]["properties"][name]["enum"] == list(choices)
