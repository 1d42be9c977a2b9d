"""What aiomoto's pytest plugin costs a run that has no use for it.

Runs pytest on one empty test with the plugins of aiomoto and without, in turns,
and prints medians. Also says what the run imported.

    python benchmarks/studies/pytest_startup.py [rounds]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path

TEST = """
import sys

def test_nothing():
    heavy = {"moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx"}
    print("imported:", *sorted(heavy & set(sys.modules)))
"""
BUDGET = 30


def main(rounds: int) -> int:
    ours = [one.name for one in entry_points(group="pytest11") if one.name.startswith("aiomoto")]
    # None of the other plugins that are installed here.
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    loaded = [argument for name in ours for argument in ("-p", name)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(TEST)
        seconds: dict[str, list[float]] = {"without": [], "with": []}
        output = ""
        for _ in range(rounds):
            for name, options in (("without", []), ("with", loaded)):
                command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"]
                started = time.perf_counter()
                done = subprocess.run(
                    [*command, *options],
                    cwd=folder,
                    env=alone,
                    check=True,
                    capture_output=True,
                    text=True,
                )
                seconds[name].append(time.perf_counter() - started)
                output = done.stdout
    medians = {name: statistics.median(found) * 1000 for name, found in seconds.items()}
    cost = medians["with"] - medians["without"]
    imported = next(line for line in output.splitlines() if "imported:" in line)
    print(f"plugins: {', '.join(ours)}; {imported.removesuffix('.')}")
    print(f"pytest without {medians['without']:.0f} ms, with {medians['with']:.0f} ms")
    print(f"cost {cost:.0f} ms, allowed {BUDGET} ms")
    return int(cost > BUDGET or imported.removesuffix(".").strip() != "imported:")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
