"""Changes as edits of `.tf` files, in the style of `terraform fmt`.

`adding` puts new resources where a person would, `changing` changes the blocks that are there, `lines` holds what both
know of a block's lines, and `draft` keeps the files as they come to read.
"""
