"""Claims: their schemas, shared by what they speak of."""
