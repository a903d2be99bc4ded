"""Participants: routes, queries and schemas."""
