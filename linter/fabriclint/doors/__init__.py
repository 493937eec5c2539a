"""The doors: everything through which fabriclint is entered, and the only part that touches the disk."""
