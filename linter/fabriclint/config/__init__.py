"""The user's configuration: found, read, held to its schema, and turned into what the model is given."""
