"""GraphQL over HTTP: one endpoint for every face, strict in what it takes."""
