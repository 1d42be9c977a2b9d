"""What botocore's data says about AWS's partitions."""

from __future__ import annotations

from functools import cache

from .names import require

#: Where the service ``signin`` lives, outside the partitions' own suffixes.
#: Source: botocore's endpoint rule set of ``signin``.
_CONSOLE_SUFFIXES = frozenset(
    {
        "aws.amazon.com",
        "signin.aws",
        "amazonaws.cn",
        "amazonaws-us-gov.com",
        "amazonaws-eusc.eu",
        "c2shome.ic.gov",
        "sc2shome.sgov.gov",
        "csphome.adc-e.uk",
        "csphome.hci.ic.gov",
    }
)


@cache
def dns_suffixes() -> tuple[str, ...]:
    """The DNS suffixes of all AWS partitions.

    Source: botocore's ``partitions.json`` (``dnsSuffix``, ``dualStackDnsSuffix``),
    and ``on.aws``, under which Lambda function URLs live (AWS Lambda Developer
    Guide, "Invoking Lambda function URLs").
    """
    loaders = require("botocore", "botocore.loaders", "create_loader")
    data = loaders().load_data("partitions")
    found = {"on.aws", *_CONSOLE_SUFFIXES}
    for partition in data["partitions"]:
        found.update(
            partition["outputs"][name]
            for name in ("dnsSuffix", "dualStackDnsSuffix")
            if name in partition["outputs"]
        )
    return tuple(sorted(found))
