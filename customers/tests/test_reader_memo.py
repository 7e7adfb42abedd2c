"""What a column repeats is parsed once, within bounds of memory."""

import pytest

from customers.reader.memo import ENTRIES, Memo


def test_memo_parses_a_text_once():
    parsed = []
    memo = Memo(lambda text: parsed.append(text) or len(text))

    assert [memo["ab"], memo["ab"], memo["abc"]] == [2, 2, 3]
    assert parsed == ["ab", "abc"]


@pytest.mark.parametrize("text", ["x" * 65, ("x" * 40, "y" * 40)])
def test_memo_does_not_keep_long_texts(text):
    memo = Memo(len)

    assert memo[text] == len(text)
    assert len(memo) == 0


def test_memo_does_not_keep_what_cannot_be_parsed():
    memo = Memo(int)

    with pytest.raises(ValueError, match="invalid literal"):
        memo["x"]
    assert len(memo) == 0


def test_memo_is_bounded():
    memo = Memo(int)

    for number in range(ENTRIES + 1):
        memo[str(number)]

    assert len(memo) == 1
