"""Reading published readouts: pure functions from a text to a draft, which know language and not storage."""
