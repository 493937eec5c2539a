"""What the rules see: networks, fleets, storage and transfers, built from the elements of any language."""
