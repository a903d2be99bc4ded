"""The JSON documents of the resources as columns of a select, one noun a file."""
