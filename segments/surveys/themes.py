"""What comments are about: words by the number of comments that hold them. Simple on purpose, and said so."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LEAST, SHORTEST, MOST = 2, 3, 12  # comments with the word, letters of a word, words shown
STOP_WORDS = frozenset(
    # English
    "the and for are was were been being with that this these those they them their you your yours our ours from have "
    "has had not but can could would should will just very much more most some any all also too than then there here "
    "what when where which who whom how why its it's i'm i've don't didn't doesn't isn't wasn't one two get got make "
    "made like really always never only even still into about over after before because out off own same such other "
    "every each few many lot lots thing things did does doing she her his him hers "
    # Spanish
    "los las del una unos unas uno que por para con sin pero más mas muy también tambien como cuando donde quien cual "
    "este esta esto estos estas ese esa eso esos esas aquel son fue fueron era eran ser sido está esta están estan "
    "estaba hay han has haber había habia tiene tienen tengo todo todos toda todas algo nada siempre nunca porque "
    "sobre entre hasta desde hacia les nos sus mis tus muchas muchos mucha mucho poco otra otro otras otros solo sólo "
    "aunque sino cada ella ellos ellas nosotros usted ustedes vosotros".split()
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words_of(comment: str) -> set[str]:
    """The words of a comment that may be a theme, each once."""
    text = unicodedata.normalize("NFC", comment).lower().replace("’", "'")
    return {word for word in WORD.findall(text) if len(word) >= SHORTEST} - STOP_WORDS


def themes(comments: Iterable[str], *, most: int = MOST) -> list[tuple[str, int]]:
    """The words of at least two comments with the number of comments, most first, then by the alphabet."""
    found = Counter(word for comment in comments for word in words_of(comment))
    often = [(word, count) for word, count in found.items() if count >= LEAST]
    return sorted(often, key=lambda pair: (-pair[1], pair[0]))[:most]
