"""The records that come with the service."""
