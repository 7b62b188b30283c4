"""Importing an operator's books from CSV files (the shape of shared/data/README.md)."""

from billfold.services.imports.books import FileResult, ImportResult, import_books
from billfold.services.imports.failures import ImportFailed

__all__ = ["FileResult", "ImportFailed", "ImportResult", "import_books"]
