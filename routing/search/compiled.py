"""How the search is compiled, and its random numbers."""

import marshal
from types import ModuleType
from typing import Any
from zlib import crc32

import numpy as np
from numba import njit

# Without numba's counts of references (`_nrt`), which cost more than the sums; nothing may make an array.
# Only what Python itself calls is kept on disk, and can be called from it: the rest is a part of that.
HOW: Any = {"cache": True, "nogil": True, "_nrt": False}
_INNER: Any = {"nogil": True, "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
compiled = njit(**_INNER)
built_in = njit(forceinline=True, **_INNER)


def stamp_of(*modules: ModuleType) -> int:
    """
    A number that changes when compiled code or a constant of the modules changes.

    numba keeps what it compiled by the file of the outermost function alone; that function takes the number
    as a constant, so that a change in another file is compiled anew.
    """
    stamp = 0
    for module in modules:
        for name, value in sorted(vars(module).items()):
            source = getattr(value, "py_func", None)
            if source is not None:
                stamp = crc32(marshal.dumps(source.__code__.replace(co_filename="")), stamp)
            elif isinstance(value, int | float):
                stamp = crc32(f"{name}={value}".encode(), stamp)
    return stamp


@built_in
def draw(random):
    """The next 64 random bits."""
    value = random[0]
    value ^= value << np.uint64(13)
    value ^= value >> np.uint64(7)
    value ^= value << np.uint64(17)
    random[0] = value
    return value


@built_in
def below(random, limit):
    """A random whole number from 0 to ``limit - 1``."""
    return np.int64((draw(random) >> np.uint64(33)) % np.uint64(limit))


@built_in
def part_of_one(random):
    """A random number above 0 and below 1."""
    return (float(draw(random) >> np.uint64(12)) + 0.5) / 4503599627370496.0
