"""Faults: workers, PostgreSQL, Valkey and the mail server fail at random while documents are made; nothing is lost."""
