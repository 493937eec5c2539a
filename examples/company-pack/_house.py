"""What the platform team has agreed on."""

APPROVED_FAMILIES = ("p4d", "p5", "p5en", "p6-b200", "trn2")
"""The families that the price agreement covers."""
