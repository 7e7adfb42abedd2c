import re

from customers.merchants import ids


def test_an_id_is_a_prefix_and_eighty_bits_in_base_32():
    assert re.fullmatch("cus_[0-9a-hjkmnp-tv-z]{16}", ids.new("cus"))


def test_ids_do_not_repeat():
    assert len({ids.new("cus") for __ in range(1000)}) == 1000


def test_the_alphabet_has_no_letters_that_sound_or_look_alike():
    assert len(ids.ALPHABET) == 32
    assert set("ilou") & set(ids.ALPHABET) == set()
