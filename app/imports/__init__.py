"""Imports over HTTP: routes and schemas."""
