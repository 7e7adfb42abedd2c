"""A file of customers as a list: who is found, what is reported, which files are refused."""

import gzip

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from customers.audiences import AudienceNameTaken
from customers.merchants.refusals import Refusal
from customers.models import Audience, Customer
from loyalty_site import uploads
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from segments.models import Kind, Segment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def people(shop):
    """Ana is known by everything, Ben by his card alone; Cleo belongs to another shop."""
    other = factories.merchant(slug="b", owner="charlie@b.test")
    factories.customer(other, external_id="9", email="cleo@c.test")
    ana = factories.customer(shop, name="Ana", external_id="17", phone="600 123 456", email="Ana@a.test")
    return ana, factories.customer(shop, name="Ben", card_code="BEN-1")


def send(shop, text: str | bytes, name: str = "Press") -> Segment:
    content = ContentFile(text.encode() if isinstance(text, str) else text)
    return uploads.upload(merchant=shop, name=name, content=content, filename="press.csv", at=AT)


def on_list(segment):
    return sorted(segment.audience.members.now().values_list("customer__name", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "external_id\n17\n",
        "Cliente;Ciudad\n17;Sevilla\n",
        "customer_id,name\n17.0,Somebody else\n",
        "phone\n+34 600 12 34 56\n",
        "E-Mail\tShoe\nana@A.TEST\t41\n",
        gzip.compress(b"email\nana@a.test\n", mtime=0),
        "email\nana@a.test\n".encode("utf-16"),
    ],
)
def test_anybody_is_found_by_any_identifier_whatever_the_file_looks_like(shop, people, text):
    made = send(shop, text)

    assert (made.kind, made.refreshed_at, on_list(made)) == (Kind.UPLOAD, None, ["Ana"])


def test_rows_that_add_nobody_are_counted_by_their_kind_and_never_shown(shop, people):
    made = send(
        shop,
        "customer,phone,email,card\n17,,,\n,,ana@a.test,\n9,,,\n,,,\n,,nobody@n.test,\n17,,,ben-1\n,not a phone,,\n"
        "0,,,BEN-1\n,,,\n",
    )

    assert on_list(made) == ["Ana", "Ben"]
    assert made.report == {
        "filename": "press.csv", "rows": 7, "people": 2,
        "unknown": 2, "duplicate": 1, "ambiguous": 1, "unreadable": 1,
        "faults": [
            {"line": 3, "column": "", "code": "duplicate"},
            {"line": 4, "column": "", "code": "unknown"},
            {"line": 6, "column": "", "code": "unknown"},
            {"line": 7, "column": "", "code": "ambiguous"},
            {"line": 8, "column": "phone", "code": "unreadable"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "unreadable_file"),
        ("\n\n", "unreadable_file"),
        ("external_id\n", "nobody_found"),
        ("external_id\n404\n", "nobody_found"),
        ("shoe,hat\n41,L\n", "unknown_columns"),
        ("name\nAna\n", "unknown_columns"),
        ("shoe\n41\n", "unreadable_file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "unreadable_file"),
        (b"%PDF-1.7", "unreadable_file"),
        (b"PK\x03\x04xl/workbook.xml", "unreadable_file"),
        (b"\x1f\x8b\x08broken", "unreadable_file"),
        ("email,email\na,b\n", "unreadable_file"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence_and_nothing_is_kept(shop, people, content, code):
    with pytest.raises(Refusal) as refused:
        send(shop, content)

    assert (refused.value.code, str(refused.value)[-1]) == (code, ".")
    assert (Segment.objects.count(), Audience.objects.count(), Customer.objects.count()) == (0, 0, 3)


def test_a_file_that_a_request_cannot_wait_for_is_refused(shop, people, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_ROWS", 1)
    with pytest.raises(uploads.FileTooLarge):
        send(shop, "external_id\n17\n18\n")

    monkeypatch.setattr(uploads, "LARGEST_FILE", 5)
    with pytest.raises(uploads.FileTooLarge):
        send(shop, "external_id\n17\n")


def test_a_name_that_is_taken_is_refused(shop, people):
    send(shop, "external_id\n17\n")

    with pytest.raises(AudienceNameTaken):
        send(shop, "card\nBEN-1\n")

    assert Segment.objects.count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_upload_takes_the_same_queries_for_one_row_and_for_many(shop, django_assert_num_queries, count):
    for number in range(count):
        factories.customer(shop, external_id=str(number))
    text = "external_id\n" + "\n".join(str(number) for number in range(count))

    with django_assert_num_queries(17):
        send(shop, text)
    assert shop.segments.get().report["people"] == count
