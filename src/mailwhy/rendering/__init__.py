"""Diagnoses in the forms that people and programs read: pure functions from models to text."""
