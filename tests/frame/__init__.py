"""The frame: money, months, numbers, privacy, pages, the business day."""
