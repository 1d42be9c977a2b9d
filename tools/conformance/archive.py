"""moto's source archive: fetched from the package index, verified, its tests unpacked.

pip does the fetching, so whatever index, mirror, certificate or proxy is configured for pip
(or for uv, by its environment variables) is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

# The files at the top of the archive that pytest reads its settings for the tests from.
_SETTINGS = ("pyproject.toml", "setup.cfg")
_FROM_UV = {
    "UV_DEFAULT_INDEX": "PIP_INDEX_URL",
    "UV_INDEX_URL": "PIP_INDEX_URL",
    "UV_INDEX": "PIP_EXTRA_INDEX_URL",
    "UV_EXTRA_INDEX_URL": "PIP_EXTRA_INDEX_URL",
    "UV_FIND_LINKS": "PIP_FIND_LINKS",
}


class ArchiveError(Exception):
    """The archive can't be had, or is not what the index says it is."""


@dataclass(frozen=True)
class Archive:
    """A verified source archive."""

    version: str
    path: Path
    sha256: str


def fetch(version: str, cache: Path) -> Archive:
    """moto's source archive of this version, from the cache or else from the index.

    The hash published by the index is kept beside the archive, and the archive is checked
    against it at each use.

    Raises ArchiveError where pip finds no archive or the hash differs.
    """
    path = cache / f"moto-{version}.tar.gz"
    published = path.with_name(path.name + ".sha256")
    if path.exists() and published.exists():
        expected = published.read_text().strip()
        if _sha256(path) == expected:
            return Archive(version, path, expected)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as name:
        folder = Path(name)
        expected = _published_hash(version, folder)
        _download(version, expected, folder)
        found = sorted(folder.glob("moto-*.tar.gz"))
        if len(found) != 1 or _sha256(found[0]) != expected:
            raise ArchiveError(f"pip left {[p.name for p in found]}, none with sha256 {expected}")
        found[0].replace(path)
    published.write_text(expected + "\n")
    return Archive(version, path, expected)


def unpack(archive: Archive, cache: Path) -> Path:
    """A folder with the archive's `tests` and pytest's settings, and no `moto`.

    The archive's own moto stays out, so that the tests import the installed one.
    """
    target = cache / f"moto-{archive.version}-{archive.sha256[:12]}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=cache) as name, tarfile.open(archive.path) as tar:
        top = f"moto-{archive.version}"
        wanted = [
            member
            for member in tar.getmembers()
            if member.name.startswith(f"{top}/tests/")
            or member.name in {f"{top}/{setting}" for setting in _SETTINGS}
        ]
        if not any("/tests/" in member.name for member in wanted):
            raise ArchiveError(f"{archive.path.name} has no tests in it")
        if hasattr(tarfile, "data_filter"):
            tar.extractall(name, members=wanted, filter="data")
        else:  # Python before 3.10.12 and 3.11.4
            tar.extractall(name, members=wanted)
        shutil.move(str(Path(name) / top), target)
    return target


def _published_hash(version: str, folder: Path) -> str:
    """The archive's sha256 as the index publishes it, from pip's installation report."""
    report = folder / "report.json"
    _pip(
        "install",
        *("--dry-run", "--ignore-installed", "--report", str(report)),
        *_what(f"moto=={version}"),
    )
    (item,) = json.loads(report.read_text())["install"]
    hashes = item["download_info"].get("archive_info", {}).get("hashes", {})
    if "sha256" not in hashes:
        raise ArchiveError(f"the index publishes no sha256 of moto {version}'s source archive")
    return str(hashes["sha256"])


def _download(version: str, sha256: str, folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"moto=={version} --hash=sha256:{sha256}\n")
    _pip("download", "--require-hashes", "--dest", str(folder), *_what("-r", str(requirements)))


def _what(*requirement: str) -> tuple[str, ...]:
    return ("--quiet", "--no-deps", "--no-binary", "moto", *requirement)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ArchiveError(f"pip {arguments[0]} failed:\n{done.stderr.strip()}")


def _environment() -> dict[str, str]:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    for of_uv, of_pip in _FROM_UV.items():
        if of_uv in environment:
            environment.setdefault(of_pip, environment[of_uv])
    return environment


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
