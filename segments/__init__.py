"""Who is worth talking to, when, and did it pay: definitions and numbers."""
