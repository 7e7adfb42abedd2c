"""Codes at the counter: scanners type and press Enter, cards carry addresses, vouchers lead to whose they are, and a
photo is read where there is no scanner."""

import io
from datetime import timedelta

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image

from loyalty_site import scanning
from loyalty_site.selectors.counter.scanned import code_of
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import vouchers
from rewards.models import Voucher
from rewards.vouchers import VoucherDraft

TEA = {"kind": "amount_off", "amount": 500}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    return factories.customer(
        shop, name="Ana Alvarez", phone="+34600111222", email="ana@mail.test", card_code="K7Q2M4X9PA"
    )


def voucher(shop, person=None, **more):
    draft = VoucherDraft("Tea", TEA, customer_id=person and person.pk, **more)
    vouchers.issue(merchant=shop, drafts=[draft], at=AT)
    return Voucher.objects.latest("pk")


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("K7Q2M4X9PA", "K7Q2M4X9PA"),
        ("https://shop.test/card/K7Q2M4X9PA", "K7Q2M4X9PA"),
        ("https://shop.test/card/K7Q2M4X9PA/?from=qr#top", "K7Q2M4X9PA"),
        ("https://shop.test/card/a%20b", "a b"),
        ("https://shop.test", "https://shop.test"),
        ("http://[", "http://["),
        ("http://x/%00a", "a"),
    ],
)
def test_code_is_the_last_part_of_an_address(scanned, code):
    assert code_of(scanned) == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["K7Q2M4X9PA", "k7q2m4x9pa", "600 111 222", "ANA@mail.test", "https://a.test/card/K7Q2M4X9PA/"]
)
def test_whole_code_and_enter_open_the_card_at_once(dora, ana, typed):
    response = dora.get("/m/a/counter/", {"q": typed})

    assert response.headers["Location"] == f"/m/a/counter/{ana.public_id}/"


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["1222", "Ana Alvarez", "K7Q2M4"])
def test_part_of_a_code_is_only_looked_for(dora, ana, typed):
    assert dora.get("/m/a/counter/", {"q": typed}).status_code == 200


@pytest.mark.django_db
def test_while_somebody_types_the_card_is_shown_not_opened(dora, ana):
    response = dora.get("/m/a/counter/", {"q": "K7Q2M4X9PA"}, headers={"HX-Request": "true"})

    assert "Ana Alvarez" in text(response)


@pytest.mark.django_db
def test_voucher_opens_the_card_of_its_customer_and_says_what_it_gives(dora, shop, ana):
    mine = voucher(shop, ana)
    spaced = f"{mine.code[:4].lower()} {mine.code[4:]}"

    response = dora.get("/m/a/counter/", {"q": spaced}, follow=True)

    assert response.redirect_chain == [(f"/m/a/counter/{ana.public_id}/?voucher={mine.code}", 302)]
    assert "5.00 € off This voucher can be used: it is ticked below." in " ".join(text(response).split())


@pytest.mark.django_db
def test_voucher_of_nobody_is_said_in_the_results(dora, shop):
    page = text(dora.get("/m/a/counter/", {"q": voucher(shop).code}))

    assert "This voucher can be used by whoever brings it: find the customer" in page
    assert "Nobody answers" not in page


@pytest.mark.django_db
def test_voucher_that_gives_nothing_any_more_says_why(dora, shop, ana):
    used, over = voucher(shop, ana), voucher(shop, expires_at=AT + timedelta(days=1))
    vouchers.use(voucher=used, at=timezone.now())

    assert "This voucher has been used already." in text(dora.get("/m/a/counter/", {"q": used.code}, follow=True))
    assert "This voucher has expired." in text(dora.get("/m/a/counter/", {"q": over.code}))


@pytest.mark.django_db
def test_voucher_and_card_of_another_shop_are_nothing(dora, shop, ana):
    other = factories.merchant(slug="b", owner="charlie@b.test")
    theirs = voucher(other, factories.customer(other))

    assert "Nobody answers" in text(dora.get("/m/a/counter/", {"q": theirs.code}))
    card = dora.get(f"/m/a/counter/{ana.public_id}/", {"voucher": theirs.code})
    assert "This voucher" not in text(card)


def picture(what="K7Q2M4X9PA", kind="PNG", size=None) -> io.BytesIO:
    """A photo of a QR code, or of nothing."""
    drawn, out = io.BytesIO(), io.BytesIO()
    segno.make(what or "x", micro=False).save(drawn, kind="png", scale=6, border=6)
    image = Image.open(drawn).convert("RGB") if what else Image.new("RGB", size or (200, 200), "white")
    image.save(out, format=kind)
    out.seek(0)
    return out


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_code_in_a_picture_is_read(kind):
    file = picture(kind=kind)

    assert scanning.read(file, size=len(file.getvalue())) == "K7Q2M4X9PA"


@pytest.mark.parametrize(
    ("file", "size", "refusal"),
    [
        (lambda: picture(what=""), None, scanning.NoCode),
        (lambda: io.BytesIO(b"%PDF-1.7 no picture"), None, scanning.NotAPicture),
        (lambda: io.BytesIO(picture().getvalue()[:200]), None, scanning.NotAPicture),
        (lambda: picture(kind="TIFF"), None, scanning.NotAPicture),
        (picture, scanning.LARGEST_FILE + 1, scanning.PictureTooLarge),
        (lambda: picture(what="", size=(8_000, 7_501)), None, scanning.PictureTooLarge),
    ],
)
def test_what_cannot_be_read_is_refused(file, size, refusal):
    with pytest.raises(refusal):
        scanning.read(file(), size=size or 1_000)


@pytest.mark.django_db
def test_photo_leads_to_the_card(dora, ana):
    sent = SimpleUploadedFile("photo.png", picture().getvalue(), content_type="image/png")

    response = dora.post("/m/a/counter/scan/", {"picture": sent}, follow=True)

    assert [address for address, __ in response.redirect_chain] == [
        "/m/a/counter/?q=K7Q2M4X9PA",
        f"/m/a/counter/{ana.public_id}/",
    ]


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no picture", "This file is no picture that can be read here."),
        (b"", "This file is empty. Take the photo again."),
        (None, "Choose a photo, or take one."),
    ],
)
def test_wrong_file_is_refused_with_a_sentence(dora, content, sentence):
    sent = {} if content is None else {"picture": SimpleUploadedFile("photo.jpg", content)}

    assert sentence in text(dora.post("/m/a/counter/scan/", sent))
