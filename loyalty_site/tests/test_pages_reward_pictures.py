"""Pictures on the pages of rewards: sent with the form, shown to everybody, described, replaced, taken away."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from loyalty_site.tests import factories
from loyalty_site.tests.test_pages_rewards import LIST, TYPED, errors
from rewards.models import Reward, RewardPicture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def program(shop):
    return factories.program(shop)


def photo(kind="PNG", size=(1200, 900), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "brown").save(out, kind, **more)
    return out.getvalue()


def sent(content: bytes, name="cup.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_a_picture_is_kept_small_and_served_to_everybody_for_long(alice, client, program):
    typed = {**TYPED, "picture": sent(photo()), "picture_description": "A cup"}

    alice.post(f"{LIST}new/", typed)

    kept = RewardPicture.objects.get()
    assert (kept.width, kept.height, kept.description) == (640, 480, "A cup")
    client.logout()
    served = client.get(f"/rewards/a/{kept.reward.public_id}/{kept.digest}.webp")
    assert (served.status_code, served["Content-Type"]) == (200, "image/webp")
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(served.content)).size == (640, 480)
    assert client.get(f"/rewards/a/{kept.reward.public_id}/0000000000000000.webp").status_code == 404
    assert client.get(f"/rewards/b/{kept.reward.public_id}/{kept.digest}.webp").status_code == 404


def test_a_picture_is_described_anew_replaced_and_taken_away(alice, program):
    alice.post(f"{LIST}new/", {**TYPED, "picture": sent(photo()), "picture_description": "A cup"})
    made = Reward.objects.get()
    edit = f"{LIST}{made.public_id}/edit/"

    alice.post(edit, {**TYPED, "picture_description": "A big cup"})
    assert RewardPicture.objects.get().description == "A big cup"
    alice.post(edit, {**TYPED, "picture": sent(photo(size=(100, 50)))})
    assert RewardPicture.objects.get().width == 100
    alice.post(edit, {**TYPED, "no_picture": "on"})
    assert not RewardPicture.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a" + b"\0" * 50, photo()[:200], b"<svg/>"])
def test_what_is_no_picture_is_refused_beside_its_field(alice, program, content):
    response = alice.post(f"{LIST}new/", {**TYPED, "picture": sent(content)})

    assert errors(response) == (["picture"] if content else [])
    assert Reward.objects.exists() == (not content)
