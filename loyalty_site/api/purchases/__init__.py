"""Purchases over the API: preview, record, list, get and batch, all through `flows.record_purchases`."""
