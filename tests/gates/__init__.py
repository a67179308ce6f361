"""Limits of what jumpqr costs, in figures that do not depend on the load of the machine."""
