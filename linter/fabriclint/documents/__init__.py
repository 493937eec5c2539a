"""What people write for fabriclint: TOML and YAML with places and what a schema says against them, and patterns of paths."""
