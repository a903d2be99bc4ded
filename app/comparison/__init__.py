"""The comparison of the accounts of a call: routes, queries and schemas."""
