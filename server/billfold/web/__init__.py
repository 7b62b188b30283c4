"""The web: what speaks HTTP. Bearer tokens, both GraphQL faces, files, health, and the home page."""
