"""The GraphQL faces: managers' and clients' schemas, and what they share. Reads go to the database, writes to services."""
