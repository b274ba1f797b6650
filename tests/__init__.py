"""Tests: rooms mirror the product, journeys walk through real doors, house guards the plan."""
