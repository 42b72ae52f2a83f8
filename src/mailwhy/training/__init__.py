"""Development only: learns the models that parser/ ships from the texts beside them. Needs the extra ``dev``."""
