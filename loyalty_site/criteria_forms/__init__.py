"""A definition of a segment as a form: rows of what, how and value, in blocks."""

from .builder import Builder, data_of, of_definition

__all__ = ["Builder", "data_of", "of_definition"]
