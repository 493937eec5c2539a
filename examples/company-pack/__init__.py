"""The rules of the platform team."""
