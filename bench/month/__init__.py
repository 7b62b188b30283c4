"""The month's run: from an operator's CSV books to mailed documents."""
