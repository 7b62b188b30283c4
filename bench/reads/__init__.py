"""Reading: `/graphql` with authorization on, beside one hand-written SQL statement that gives the same data."""
