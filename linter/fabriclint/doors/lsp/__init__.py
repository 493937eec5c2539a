"""`fabriclint lsp`: the language server, over standard input and output. Nothing else of fabriclint imports it."""
