"""What a page says, for tests that read it as a person does."""

import re


def text(response) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
