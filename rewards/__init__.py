"""What is promised for a purchase: programs, rules and the only ledger of points."""
