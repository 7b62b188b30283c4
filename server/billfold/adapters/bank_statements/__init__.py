"""Bank statements as files: 1CClientBankExchange 1.00 to 1.03, as banks write it and not only as it is described."""

from billfold.adapters.bank_statements.reading import DOCUMENT_LIMIT, FILE_LIMIT, read_statement

__all__ = ["DOCUMENT_LIMIT", "FILE_LIMIT", "read_statement"]
