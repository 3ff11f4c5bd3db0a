"""Use cases of oversight: flags and their decisions, complaints, surveys, sites, inspections."""
