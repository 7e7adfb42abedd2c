"""The demo shop: real purchases of a bakery counter, with plainly invented people."""
