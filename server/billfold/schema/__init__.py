"""The GraphQL faces: the managers' and the clients' schema, and what they share.

Reads go to the database directly; every write goes through a service.
"""
