"""Pictures of rewards: kept small, upright, and without what a camera noted."""

import io

import pytest
from PIL import Image

from customers.tests import factories as shops
from rewards.catalog import pictures
from rewards.models import RewardPicture
from rewards.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reward():
    return factories.reward(factories.program(shops.merchant()))


def photo(kind="JPEG", size=(800, 400), mode="RGB", **more) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


def kept(reward, content, **more) -> Image.Image:
    return Image.open(io.BytesIO(bytes(pictures.keep(reward=reward, content=content, **more).image)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_whatever_was_sent_becomes_a_small_webp(reward, kind):
    found = kept(reward, photo(kind))

    assert (found.format, found.size) == ("WEBP", (640, 320))


def test_a_photo_stands_upright_and_says_neither_where_nor_with_what_it_was_taken(reward):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"  # turned by a quarter; its maker
    exif.get_ifd(0x8825)[1] = "N"

    found = kept(reward, photo(exif=exif.tobytes()))

    assert found.size == (320, 640)
    assert (len(found.getexif()), "exif" in found.info, "icc_profile" in found.info) == (0, False, False)


def test_what_is_clear_stays_clear(reward):
    assert kept(reward, photo("PNG", mode="RGBA")).mode == "RGBA"
    assert kept(reward, photo("PNG", mode="P")).mode == "RGB"


def test_a_small_one_is_not_made_larger_and_its_digest_names_it(reward):
    first = pictures.keep(reward=reward, content=photo(size=(40, 30)), description=" A cup ")
    second = pictures.keep(reward=reward, content=photo(size=(40, 31)))

    assert (first.width, first.height, first.description) == (40, 30, "A cup")
    assert first.digest != second.digest
    assert RewardPicture.objects.count() == 1


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no picture", "This is no picture that can be read. Send a JPEG, PNG, WebP or GIF file."),
        (b"", "This is no picture that can be read. Send a JPEG, PNG, WebP or GIF file."),
        (lambda: photo()[:300], "This is no picture that can be read. Send a JPEG, PNG, WebP or GIF file."),
        (lambda: photo("TIFF"), "This is no picture that can be read. Send a JPEG, PNG, WebP or GIF file."),
        (lambda: photo("PNG", size=(10_000, 4_001), mode="1"), "This picture has more than 40 million pixels."),
        (lambda: photo("PNG", size=(20_000, 20_000), mode="1"), "This is no picture that can be read."),
        (b"x" * 8_000_001, "This picture is larger than 8 MB. Choose a smaller one."),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(reward, content, said):
    with pytest.raises(pictures.InvalidPicture) as refused:
        pictures.keep(reward=reward, content=content() if callable(content) else content)

    assert said in str(refused.value)
    assert refused.value.field == "picture"
    assert not RewardPicture.objects.exists()


def test_a_description_is_short(reward):
    with pytest.raises(pictures.InvalidPicture):
        pictures.keep(reward=reward, content=photo(), description="a" * 201)
