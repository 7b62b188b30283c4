"""The commands of the managers' face, a noun a file, each with its inputs and its results."""
