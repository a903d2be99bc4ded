"""Readouts in English."""
