"""Importing an operator's books from CSV files; docs/books.md tells their columns."""

from billfold.services.imports.books import FileResult, ImportResult, import_books
from billfold.services.imports.failures import ImportFailed

__all__ = ["FileResult", "ImportFailed", "ImportResult", "import_books"]
