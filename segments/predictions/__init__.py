"""What is to be expected of customers: the next visit, whom one would lose, and what brings first-timers back.

`next_visit` is a day out of everybody's own rhythm, `save_list` who is on the way out and what is at stake, and
`first_baskets` compares those who had something in their first basket with those who had not.
"""
