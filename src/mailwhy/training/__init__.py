"""Makes the data that is learnt, not written: ``python -m mailwhy.training NAME``. Not needed at run time."""
