"""Drafts: what is proposed to be recorded of a readout, and its review."""
