"""Statements: routes, queries and schemas."""
