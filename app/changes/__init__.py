"""The change feed: routes, queries and schemas."""
