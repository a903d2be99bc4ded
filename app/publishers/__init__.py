"""Publishers: routes, queries and schemas."""
