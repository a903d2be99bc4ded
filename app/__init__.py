"""Telcon: an open records service for diplomatic communication."""
