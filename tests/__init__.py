"""The tests, on a real PostgreSQL with the real schema."""
