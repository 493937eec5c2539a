"""Reporters: a Report in, text out; they open no file and know no terminal."""
