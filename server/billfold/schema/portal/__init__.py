"""The clients' face: only what a client may ever see."""
