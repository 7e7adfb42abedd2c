"""Pictures of rewards: whatever was sent becomes a small WebP without anything that a camera noted in it."""

import hashlib
import io

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from customers.merchants.refusals import Invalid
from rewards.models import Reward, RewardPicture

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
MOST_BYTES, MOST_PIXELS = 8_000_000, 40_000_000  # of what is sent: a phone's photo, and no bomb
SIDE, QUALITY = 640, 80
LONGEST_DESCRIPTION = 200
UNREADABLE = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


class InvalidPicture(Invalid):
    code = "invalid_picture"


@transaction.atomic
def keep(*, reward: Reward, content: bytes, description: str = "") -> RewardPicture:
    """Keep a picture of a reward instead of the one before; raises InvalidPicture for what is none, or too large."""
    made = small(content)
    out = io.BytesIO()
    made.save(out, "WEBP", quality=QUALITY, icc_profile=b"")
    image = out.getvalue()
    kept, __ = RewardPicture.objects.update_or_create(
        reward=reward,
        defaults={
            "image": image,
            "width": made.width,
            "height": made.height,
            "digest": hashlib.sha256(image).hexdigest()[:16],
            "description": checked(description),
        },
    )
    return kept


def describe(*, reward: Reward, description: str) -> None:
    """Say anew what the picture of a reward shows, for those who do not see it."""
    RewardPicture.objects.filter(reward=reward).update(description=checked(description))


def drop(*, reward: Reward) -> None:
    """Let a reward have no picture."""
    RewardPicture.objects.filter(reward=reward).delete()


def checked(description: str) -> str:
    """The description, if it is one."""
    if len(description) > LONGEST_DESCRIPTION or "\0" in description:
        raise InvalidPicture(_("Say in 200 characters at most what the picture shows."), field="picture_description")
    return description.strip()


def small(content: bytes) -> Image.Image:
    """The picture upright, at most 640 pixels wide and high."""
    if len(content) > MOST_BYTES:
        raise InvalidPicture(_("This picture is larger than 8 MB. Choose a smaller one."), field="picture")
    try:
        read = Image.open(io.BytesIO(content), formats=FORMATS)
        if read.width * read.height > MOST_PIXELS:
            raise InvalidPicture(
                _("This picture has more than 40 million pixels. Choose a smaller one."), field="picture"
            )
        read = ImageOps.exif_transpose(read)
        clear = read.mode in ("RGBA", "LA", "PA") or "transparency" in read.info
        made = read.convert("RGBA" if clear else "RGB")
        made.thumbnail((SIDE, SIDE))
    except UNREADABLE as error:
        raise InvalidPicture(
            _("This is no picture that can be read. Send a JPEG, PNG, WebP or GIF file."), field="picture"
        ) from error
    return made
