"""Leaders: routes, queries and schemas."""
