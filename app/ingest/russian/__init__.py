"""Readouts in Russian."""
