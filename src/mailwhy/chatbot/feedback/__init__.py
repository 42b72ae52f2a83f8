"""What helped: kept without any text of a ticket, off unless a store is named."""
