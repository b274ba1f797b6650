"""People, rights and doors."""
