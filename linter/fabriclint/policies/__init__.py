"""Policies: rules that are written as YAML, with conditions in CEL over the words of the model."""
