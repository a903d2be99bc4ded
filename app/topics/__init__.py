"""Topics: routes, queries and schemas."""
