"""A month's usage of one contract: from its CSV file to the charges of its document."""
