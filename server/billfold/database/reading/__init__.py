"""Reading: queries that select only what a face asked for, and give light rows, never ORM instances.

A `Shape` declares what a type is made of in SQL; a `Selection` says what of it is wanted; a `Plan` is the statement
that follows; a `Reader` runs plans for one viewer. Documents are reached through `readable_by` only.
"""
