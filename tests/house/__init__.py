"""The house rules: layout, arrows, lengths and closed lists, checked on the source itself."""
