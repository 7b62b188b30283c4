"""Hypothesis for the domain: no deadline, because a busy machine is no fault of the rule under test."""

from hypothesis import settings

settings.register_profile("billfold", deadline=None)
settings.load_profile("billfold")
