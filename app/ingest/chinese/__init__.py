"""Readouts in Chinese, of either script."""
