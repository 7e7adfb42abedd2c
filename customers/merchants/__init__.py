"""The tenant: shops, locations, the people who work there and the keys of their tills."""
