"""How fast the service answers, beside one written as the textbooks do: `python -m bench`."""
