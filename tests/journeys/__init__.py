"""Journeys: whole stories through the rooms and their real doors."""
