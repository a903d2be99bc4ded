"""Readouts: routes, queries and schemas."""
