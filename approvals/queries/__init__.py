"""Reads: noun phrases, a constant number of queries each."""
