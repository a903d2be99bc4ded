"""The history of records: routes, queries and schemas."""
