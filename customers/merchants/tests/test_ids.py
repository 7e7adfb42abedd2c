import re

from customers.merchants import ids


def test_an_id_is_a_prefix_a_time_and_eighty_random_bits_in_base_32():
    assert re.fullmatch("cus_[0-9a-hjkmnp-tv-z]{26}", ids.new("cus"))


def test_later_ids_sort_behind_earlier_ones():
    assert ids.in_base_32(1_764_000_000_000, ids.TIME_SHIFTS) < ids.in_base_32(1_764_000_000_001, ids.TIME_SHIFTS)
    assert ids.in_base_32(0, ids.TIME_SHIFTS) == "0" * 10
    assert ids.in_base_32(2**80 - 1, ids.RANDOM_SHIFTS) == "z" * 16


def test_ids_do_not_repeat():
    assert len({ids.new("cus") for __ in range(1000)} | set(ids.many("cus", 1000))) == 2000


def test_many_ids_share_their_moment_and_none_are_none():
    assert len({one[:14] for one in ids.many("cus", 100)}) == 1
    assert ids.many("cus", 0) == []


def test_the_alphabet_has_no_letters_that_sound_or_look_alike():
    assert len(ids.ALPHABET) == 32
    assert set("ilou") & set(ids.ALPHABET) == set()
