"""Programs that break what the service stands on while it is at work; each says what did not hold."""
