"""The database: Tortoise rows, one noun a file, and the only place that builds queries."""
