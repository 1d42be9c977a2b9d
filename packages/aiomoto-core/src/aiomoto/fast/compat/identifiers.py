"""moto's random identifiers: the same ones from the same seed, with less work for each character.

Each answer has a request id of 52 characters, each of which is a call of ``random.choice``.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from itertools import repeat
from random import Random
from typing import Any

from ...compat import attribute, require
from ...plugin.patches import Patch

_MODULE = "moto.moto_api._internal.moto_random"


def strings() -> list[Patch]:
    """Identifiers of letters and digits."""
    making = attribute("moto", _MODULE, "MotoRandom", "get_random_string")
    cls, make = making.owner, making.original

    def get_random_string(
        self: Any, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> Any:
        if type(self) is not cls:
            return make(self, length, include_digits, lower_case)
        pool = string.ascii_letters + (string.digits if include_digits else "")
        made = "".join(choices(self, pool, length))
        return made.lower() if lower_case else made

    return [making.patch(get_random_string)]


def hexadecimal() -> list[Patch]:
    """Identifiers of hexadecimal digits."""
    making = attribute("moto", _MODULE, "MotoRandom", "get_random_hex")
    cls, make = making.owner, making.original
    digits = [str(one) for one in require("moto", _MODULE, "HEX_CHARS")]

    def get_random_hex(self: Any, length: int = 8) -> Any:
        if type(self) is not cls:
            return make(self, length)
        return "".join(choices(self, digits, length))

    return [making.patch(get_random_hex)]


def choices(random: Random, pool: Sequence[str], length: int) -> list[str]:
    """What ``[random.choice(pool) for _ in range(length)]`` gives, from the same random bits.

    Source: CPython's random.py, ``Random._randbelow_with_getrandbits``.
    """
    size, bits = len(pool), random.getrandbits
    width = size.bit_length()
    # As many as are wanted at once, and one by one for those that were too large.
    found = [index for index in map(bits, repeat(width, length)) if index < size]
    while len(found) < length:
        index = bits(width)
        if index < size:
            found.append(index)
    return [pool[index] for index in found]
