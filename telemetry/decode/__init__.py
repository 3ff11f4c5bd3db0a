"""Families of devices, one module each: a frame's topic and bytes to readings and findings."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from telemetry.frames import Family


@cache
def families() -> Mapping[str, Family]:
    """Every family by name: the modules of this package that declare ``FAMILY``."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    declared: list[Family] = [module.FAMILY for module in modules if hasattr(module, "FAMILY")]
    return {family.name: family for family in sorted(declared, key=lambda one: one.name)}
