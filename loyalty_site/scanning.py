"""Reading the code in a photo: for whoever has neither a scanner nor a browser that reads codes itself."""

from typing import BinaryIO

import zxingcpp
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from customers.merchants.refusals import Invalid

LARGEST_FILE = 12_000_000  # bytes; a phone's photo has three to six million
LARGEST_PICTURE = 60_000_000  # pixels, before anything of it is unpacked
SIDE = 1_600  # pixels of the longer side that are looked at: enough for a code that fills a tenth of the picture
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


class PictureTooLarge(Invalid):
    code = "picture_too_large"
    message = _("This picture is too large. Take it again with a lower resolution, at most 12 megabytes.")


class NotAPicture(Invalid):
    code = "not_a_picture"
    message = _("This file is no picture that can be read here. Send a photo as JPEG or PNG.")


class NoCode(Invalid):
    code = "no_code"
    message = _("No code was found in the picture. Take it again: the code straight, sharp and in good light.")


def read(file: BinaryIO, *, size: int) -> str:
    """The text of the first QR code or barcode in a picture; raises PictureTooLarge, NotAPicture, NoCode."""
    if size > LARGEST_FILE:
        raise PictureTooLarge(field="picture")
    found = zxingcpp.read_barcodes(open_picture(file))
    text = next((code.text.strip() for code in found if code.text.strip()), "")
    if not text:
        raise NoCode(field="picture")
    return text[:2_000].replace("\0", "")


def open_picture(file: BinaryIO) -> Image.Image:
    """The picture in grey, upright and not larger than is looked at. Its size is known before it is unpacked."""
    try:
        picture = Image.open(file, formats=FORMATS)
        if picture.width * picture.height > LARGEST_PICTURE:
            raise PictureTooLarge(field="picture")
        picture.draft("L", (SIDE, SIDE))
        picture = ImageOps.exif_transpose(picture).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(field="picture") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise NotAPicture(field="picture") from error
    picture.thumbnail((SIDE, SIDE))
    return picture
