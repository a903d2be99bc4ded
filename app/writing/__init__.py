"""How records are created, changed and removed: routes."""
