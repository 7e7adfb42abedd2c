"""`make bench`: what the product does in a second, beside what the database could do at most, in one run.

Absolute figures follow the machine and its neighbours, so each scenario measures both sides of a ratio and says which
ratio it aims at. A figure without a ratio (the counter) says the limit that it is held against.
"""
