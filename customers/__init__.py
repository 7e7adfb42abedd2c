"""Facts about people and what they bought; no opinions; imports no other app."""
