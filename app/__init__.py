"""Telcon: an open records service for diplomatic communication."""

__version__ = "0.1.0"
