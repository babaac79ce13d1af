"""Data files of installed packages: found without importing, and only in the pinned edition."""

import sys
from pathlib import Path

import pytest

from core.sources import SourceError
from core.sources.pinned import PinnedFile, package_folder, pinned_path

PINNED = PinnedFile(
    "drgpy", "drgpy==0.2.1", "data.bin", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"data.bin: cannot be read .*pip install --force-reinstall drgpy==0.2.1"),
        (b"abcd", r"data.bin: this is not the file of drgpy==0.2.1; install"),
        (b"abd", r"data.bin: this is not the file of drgpy==0.2.1; install"),
    ],
)
def test_a_package_of_another_version_is_refused(tmp_path: Path, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / "data.bin").write_bytes(data)
    with pytest.raises(SourceError, match=message):
        pinned_path(PINNED, lambda _: tmp_path)


def test_a_pinned_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"abc")
    assert pinned_path(PINNED, lambda _: tmp_path) == tmp_path / "data.bin"


def test_a_package_is_found_without_importing_it() -> None:
    folder = package_folder("simple_icd_10_cm")
    assert folder is not None
    assert (folder / "data").is_dir()
    assert "simple_icd_10_cm" not in sys.modules


@pytest.mark.parametrize("name", ["no_such_package_here", "abc"])
def test_what_is_no_package_has_no_folder(name: str) -> None:
    assert package_folder(name) is None
