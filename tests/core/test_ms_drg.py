"""The MS-DRG definitions: made files for the format, the real one against the peer grouper ``msdrg``."""

import json
import lzma
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.catalog import Catalog
from core.code import Code
from core.sources import SourceError
from core.sources.ms_drg import FILE, DrgRow, MsDrg, Severity, packaged_ms_drg, read_ms_drg
from core.sources.pinned import package_folder, pinned_path

needs_drgpy = pytest.mark.skipif(
    package_folder("drgpy") is None,
    reason=f"needs the extra [reimbursement]: pip install {FILE.distribution}",
)


def definition(mdc: str, title: str, *, medical: bool = True) -> dict[str, Any]:
    return {"desc": title, "drg": "", "is_medical": medical, "is_surgical": not medical, "mdc": mdc}


def content() -> dict[str, Any]:
    """A small file in the real layout."""
    return {
        "schema_version": 1,
        "version": "v43.1",
        "drgmap": {
            "175": definition("04", "Embolism with MCC or Acute Cor Pulmonale"),
            "176": definition("04", "Embolism without MCC"),
            "456": definition("08", "Fusion", medical=False),
            "551": definition("08", "Back with MCC"),
            "552": definition("08", "Back without MCC"),
            "789": definition("15", "Neonates, Died"),
            "795": definition("15", "Normal Newborn"),
            "793": definition("15", "Major Problems"),
            "998": definition("", "Invalid", medical=False),
        },
        "dxmap": {
            "M539": ["_MDC08", "551&552|PDX"],
            "M4802": ["_MDC08", "456|SPINAL CURVATURE PDX", "551&552|PDX", "793|OR SDX"],
            "I2601": ["_MDC04", "175&176|ACUTE COR PULMONALE"],
            "O80": ["_MDC14", "998|PDX"],
            "Z380": ["_MDC15", "795|PDX"],
            "A02": ["_MDC08", "_MDC24_PDX", "_TRAUMA24_SITE_HEAD", "_MDC25", "551|PDX"],
            "QA00101": ["551|PDX"],
        },
        "ccmap": {
            "M4802": {"level": "CC", "hac": "05", "aowa": False, "pdx": "0001"},
            "I462": {"level": "MCC", "hac": None, "aowa": True, "pdx": "0002"},
        },
    }


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "v43.1.json.xz"
    path.write_bytes(lzma.compress(json.dumps(data).encode()))
    return path


def by_code(rows: tuple[DrgRow, ...]) -> dict[str, DrgRow]:
    return {row.code.text: row for row in rows}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, DrgRow]:
    return by_code(read_ms_drg(written(tmp_path, content())))


def test_a_principal_diagnosis_has_its_mdc_and_titled_ms_drgs(made: dict[str, DrgRow]) -> None:
    drgs = (MsDrg("551", "Back with MCC"), MsDrg("552", "Back without MCC"))
    assert made["M53.9"] == DrgRow(Code("M53.9"), ("08",), drgs, None, (), False)


@pytest.mark.parametrize(
    ("code", "mdcs", "numbers"),
    [
        ("M48.02", ("08",), ["551", "552"]),  # neither the surgical list nor that of second diagnoses
        ("I26.01", ("04",), ["175"]),
        ("O80", ("14",), ["998"]),
        ("Z38.0", ("15",), ["789", "795"]),
        ("A02", ("08",), ["551"]),  # neither several traumas nor HIV
        ("QA0.0101", ("08",), ["551"]),  # drgpy misses the MDC of codes with two letters
        ("I46.2", (), []),
    ],
)
def test_headings_of_a_principal_diagnosis(
    made: dict[str, DrgRow], code: str, mdcs: tuple[str, ...], numbers: list[str]
) -> None:
    assert made[code].mdcs == mdcs
    assert [drg.number for drg in made[code].drgs] == numbers


def test_severity_hac_and_survival(made: dict[str, DrgRow]) -> None:
    assert (made["M48.02"].severity, made["M48.02"].hacs) == (Severity.CC, ("05",))
    assert made["I46.2"].severity is Severity.MCC
    assert made["I46.2"].only_if_alive
    assert not made["M48.02"].only_if_alive
    assert made["J12.82"].severity is Severity.MCC  # "No Excl": drgpy loses these rows


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, r"v43.1.json.xz: not in the format of drgpy==0.2.1"),
        ({"version": "v44"}, r"it holds MS-DRG v44, not v43.1"),
        ({"dxmap": {"M539": ["552&559|PDX"]}}, r"not in the format .*KeyError: '559'"),
        ({"dxmap": {"m539": []}}, r"not in the format .*'m53.9' is not in official form"),
        ({"dxmap": {"E8889": [7]}}, r"not in the format"),
        ({"ccmap": {"M539": {"level": "XC", "hac": None, "aowa": False}}}, r"'XC' is not a valid Severity"),
        ({"ccmap": {"M539": {"level": "CC"}}}, r"KeyError: 'hac'"),
    ],
)
def test_damage_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_ms_drg(written(tmp_path, content() | change))


@pytest.mark.parametrize(
    "data", [b"", b"plain", lzma.compress(b""), lzma.compress(b"[" * 100_000), lzma.compress(b"{}")[:-4]]
)
def test_junk_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "v43.1.json.xz"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"v43.1.json.xz"):
        read_ms_drg(path)


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v43.1.json.xz"
    path.write_bytes(lzma.compress(b" " * (65 << 20), preset=0))
    with pytest.raises(SourceError, match=r"longer than 64 MB"):
        read_ms_drg(path)


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"drgpy: the package is not installed; .*drgpy==0.2.1"):
        packaged_ms_drg(lambda _: None)


@pytest.fixture(scope="module")
def real() -> dict[str, DrgRow]:
    return by_code(packaged_ms_drg())


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    """The real file, read by the test itself."""
    found = json.loads(lzma.decompress(pinned_path(FILE).read_bytes()))
    assert isinstance(found, dict)
    return found


@needs_drgpy
@pytest.mark.parametrize(
    ("code", "mdcs", "numbers", "severity"),
    [
        ("M53.9", ("08",), ["551", "552"], None),
        ("E11.A", ("10",), ["637", "638", "639"], None),
        ("I21.4", ("05",), ["280", "281", "282", "283", "284", "285"], "MCC"),
        ("G45.9", ("01",), ["069"], "CC"),  # 061-063 need a thrombolytic agent
        ("A41.9", ("18",), ["871", "872"], "MCC"),  # 870 needs ventilation
        ("B20", ("25",), ["974", "975", "976", "977"], "CC"),
        ("F10.20", ("20",), ["894", "896", "897"], None),
        ("Z51.11", ("17",), ["837", "838", "839", "846", "847", "848"], None),
        ("Z38.00", ("15",), ["789", "795"], None),
        ("A60.00", ("12", "13"), ["727", "728", "757", "758", "759"], None),
    ],
)
def test_known_codes(
    real: dict[str, DrgRow], code: str, mdcs: tuple[str, ...], numbers: list[str], severity: str | None
) -> None:
    assert real[code].mdcs == mdcs
    assert [drg.number for drg in real[code].drgs] == numbers
    assert real[code].severity == severity


@needs_drgpy
def test_every_diagnosis_of_the_file_has_an_mdc_and_an_ms_drg(
    real: dict[str, DrgRow], raw: dict[str, Any]
) -> None:
    assert {row.code.undotted for row in real.values()} == set(raw["dxmap"])
    assert len(real) == 67_258
    assert all(row.mdcs and row.drgs for row in real.values())
    assert all(raw["drgmap"][drg.number]["desc"] == drg.title for row in real.values() for drg in row.drgs)
    assert sum(row.severity is not None for row in real.values()) == len(raw["ccmap"]) + 41
    assert len({hac for row in real.values() for hac in row.hacs}) == 14


@needs_drgpy
def test_only_external_causes_are_no_diagnosis_of_the_file(real: dict[str, DrgRow], catalog: Catalog) -> None:
    absent = {entry.name for entry in catalog.codes() if entry.billable} - real.keys()
    assert len(absent) == 7_461
    assert {name[0] for name in absent} == set("VWXY")


class Peer:
    """The grouper ``msdrg``, asked with claims that have no procedure."""

    def __init__(self, grouper: Any) -> None:
        self._grouper = grouper

    def claim(
        self, *codes: str, version: int = 431, sex: int = 0, status: int = 1, poa: str = "Y"
    ) -> dict[str, Any]:
        undotted = [name.replace(".", "") for name in codes]
        principal, *secondary = ({"code": name, "poa": poa} for name in undotted)
        found: dict[str, Any] = self._grouper.group(
            {
                "version": version,
                "age": 65,
                "sex": sex,
                "discharge_status": status,
                "pdx": principal,
                "sdx": secondary,
                "procedures": [],
            }
        )
        return found

    def drg(self, *codes: str, version: int = 431, sex: int = 0, status: int = 1) -> str:
        return f"{self.claim(*codes, version=version, sex=sex, status=status)['final_drg']:03}"


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    msdrg = pytest.importorskip("msdrg", reason="needs the peer: pip install msdrg==1.2.0")
    with closing(msdrg.MsdrgGrouper()) as grouper:
        yield Peer(grouper)


@pytest.fixture(scope="module")
def sample(real: dict[str, DrgRow]) -> list[DrgRow]:
    """500 codes, evenly spread over the file's order."""
    rows = list(real.values())
    return rows[:: len(rows) // 500][:500]


#: A CC and an MCC of each of two kinds, because a principal diagnosis excludes those near to it.
OTHERS = [("E87.0",), ("D62",), ("G93.40",), ("K63.1",), ("J96.01",)]


@needs_drgpy
def test_a_sample_agrees_with_the_peer(sample: list[DrgRow], peer: Peer) -> None:
    assert len(sample) == 500
    for row in sample:
        listed = {drg.number for drg in row.drgs}
        for sex in (0, 1):
            alone = peer.claim(row.code.text, sex=sex)
            assert f"{alone['final_drg']:03}" in listed, row.code
            assert f"{alone['final_mdc']:02}" in row.mdcs, row.code
            if "15" not in row.mdcs:  # newborns: any other problem makes it another MS-DRG
                assert {peer.drg(row.code.text, *others, sex=sex) for others in OTHERS} <= listed, row.code


@needs_drgpy
def test_each_ms_drg_of_a_sample_is_one_that_the_peer_reaches(sample: list[DrgRow], peer: Peer) -> None:
    for row in sample:
        reached = {
            peer.drg(row.code.text, *others, sex=sex, status=status)
            for others in [(), *OTHERS, ("C91.00",), ("A41.9",), ("J96.01", "D62")]
            for sex in (0, 1)
            for status in (1, 2, 7, 20)  # home, another hospital, left against advice, died
        }
        assert {drg.number for drg in row.drgs} <= reached, row.code


@needs_drgpy
def test_severity_and_hacs_of_every_code_are_the_peers(
    real: dict[str, DrgRow], peer: Peer, catalog: Catalog
) -> None:
    billable = [entry.name for entry in catalog.codes() if entry.billable]
    # R53.83 is on no list of exclusions, so the severity is the code's own.
    for start in range(0, len(billable), 20):
        names = billable[start : start + 20]
        outputs = {each["code"]: each for each in peer.claim("R53.83", *names, poa="N")["sdx_output"]}
        for name in names:
            output = outputs[name.replace(".", "")]
            severity = real[name].severity if name in real else None
            assert (severity or "NONE") == output["severity"], name
            # HAC11 needs obesity (E66.01, E66.813) as principal diagnosis; that makes those no HAC.
            hacs = {hac["hac_list"][3:5] for hac in output["hacs"] if hac["hac_list"] != "hac11_pdx"}
            assert hacs == set(real[name].hacs if name in real else ()), name


@needs_drgpy
def test_what_differs_in_the_next_version(sample: list[DrgRow], peer: Peer, catalog: Catalog) -> None:
    """v44 (FY2027) regroups no code of the sample; it only refuses codes that ended."""
    for row in sample:
        now, then = (peer.drg(row.code.text, version=version) for version in (431, 440))
        if then != now:
            life = catalog.lives([row.code.text])[row.code.text]
            assert then == "999"
            assert life.billable[-1].through is not None, row.code
