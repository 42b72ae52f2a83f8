"""Trains the small linear models that are shipped as data: ``python -m mailwhy.training``. For developers only."""
