"""The managers' face: the whole of the books and documents, and the commands."""
