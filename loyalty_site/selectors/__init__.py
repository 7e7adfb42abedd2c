"""What the pages show that needs more than one app: each module builds one page or part, read-only."""
