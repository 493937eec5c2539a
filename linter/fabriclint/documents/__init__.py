"""TOML and YAML files that people write for fabriclint: their data with places, and what is wrong with it by a schema."""
