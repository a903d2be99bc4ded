"""Parties: routes, queries and schemas."""
