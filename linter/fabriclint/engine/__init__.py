"""The engine: which roots, which rules, what each claim settles to, and the report."""
