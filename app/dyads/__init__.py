"""Dyads: routes, queries and schemas."""
