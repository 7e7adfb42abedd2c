"""Work that outlives a request: one task API on both databases, with leases and retries added."""
