"""Calls: routes, queries and schemas."""
