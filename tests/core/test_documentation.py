"""Documentation: expectations are read off the official titles, as a coder reads them."""

from datetime import date

import pytest

from core.axes import Axis, values_in
from core.card import CodeCard, build_card
from core.catalog import Catalog
from core.code import Code
from core.documentation import Documentation, OpenAxis, documentation
from core.lives import Standing
from tests.conftest import IN_FY2026, IN_FY2027

#: Of all codes of the release, every which one the properties are tested on. A prime, so that the same
#: 7th characters do not come again and again.
EVERY = 11


def of(catalog: Catalog, code: str, on: date = IN_FY2026) -> Documentation:
    card = build_card(catalog, Code(code), on)
    assert card is not None
    return documentation(catalog, card)


def codes(axis: OpenAxis) -> str:
    return " ".join(choice.code.text for choice in axis.choices)


def leads(found: Documentation) -> dict[str, str]:
    """The codes of each open axis, those of two levels of the same axis together."""
    by_axis: dict[str, str] = {}
    for axis in found.open_axes:
        by_axis[axis.axis] = f"{by_axis.get(axis.axis, '')} {codes(axis)}".strip()
    return by_axis


REGIONS = "M53.81 M53.82 M53.83 M53.84 M53.85 M53.86 M53.87 M53.88"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M53.9", {"type": "M53.0 M53.1 M53.2X9 M53.3", "spine_region": REGIONS}),
        ("M53.82", {}),
        ("M54.9", {"type": "M54.00 M54.10 M54.2 M54.30 M54.40 M54.50 M54.6 M54.81"}),
        ("M54.30", {"laterality": "M54.31 M54.32"}),
        ("M25.519", {"laterality": "M25.511 M25.512"}),
        ("E11.9", {}),
        (
            "E11.8",
            {"complication": "E11.0 E11.1 E11.2 E11.3 E11.4 E11.5 E11.61 E11.62 E11.63 E11.64 E11.65"},
        ),
        ("E11.319", {"severity": "E11.3299 E11.3399 E11.3499", "type": "E11.3599"}),
        ("E11.3299", {"laterality": "E11.3291 E11.3292 E11.3293"}),
        ("I10", {}),
        ("I21.3", {"site": "I21.0 I21.1 I21.21"}),
        ("I21.4", {}),
        ("R10.10", {"laterality": "R10.11 R10.12", "type": "R10.13"}),
        ("R10.30", {"laterality": "R10.31 R10.32", "type": "R10.33"}),
        ("I48.91", {"type": "I48.0 I48.1 I48.20"}),
        ("I50.1", {}),
        ("I50.20", {"acuity": "I50.21 I50.22 I50.23"}),
        ("N18.9", {"stage": "N18.1 N18.2 N18.30 N18.4 N18.5", "type": "N18.6"}),
        ("J45.909", {"severity": "J45.20 J45.30 J45.40 J45.50", "type": "J45.990 J45.991"}),
        ("J45.901", {"severity": "J45.21 J45.31 J45.41 J45.51", "type": "J45.990 J45.991"}),
        ("J45.20", {}),
        ("J45.998", {}),
        ("J18.9", {"type": "J18.0 J18.1 J18.2"}),
        ("C34.91", {"site": "C34.01 C34.11 C34.2 C34.31 C34.81"}),
        (
            "C50.911",
            {"site": "C50.011 C50.111 C50.211 C50.311 C50.411 C50.511 C50.611 C50.811 C50.A1"},
        ),
        ("C50.411", {}),
        ("F32.9", {"severity": "F32.0 F32.1 F32.2 F32.3", "type": "F32.4 F32.5"}),
        ("F32.2", {}),
        ("F03.90", {"severity": "F03.A0 F03.B0 F03.C0"}),
        ("F03.918", {"severity": "F03.A18 F03.B18 F03.C18"}),
        (
            "H40.1190",
            {"laterality": "H40.1110 H40.1120 H40.1130", "stage": "H40.1191 H40.1192 H40.1193 H40.1194"},
        ),
        ("H40.1131", {}),
        ("K35.209", {"complication": "K35.200 K35.201"}),
        (
            "K50.919",
            {"type": "K50.019 K50.119 K50.819", "complication": "K50.911 K50.912 K50.913 K50.914"},
        ),
        ("K50.90", {"type": "K50.00 K50.10 K50.80"}),
        (
            "L89.009",
            {"laterality": "L89.019 L89.029", "stage": "L89.000 L89.001 L89.002 L89.003 L89.004 L89.006"},
        ),
        ("L89.013", {}),
        ("H66.42", {"acuity": "H66.0 H66.12 H66.22"}),
        ("M23.003", {"type": "M23.011 M23.021"}),
        ("M65.921", {"type": "M65.021 M65.221"}),
        ("M48.00", {"spine_region": "M48.01 M48.02 M48.03 M48.04 M48.05 M48.06 M48.07 M48.08"}),
        ("O09.00", {"trimester": "O09.01 O09.02 O09.03"}),
        ("O09.02", {}),
        (
            "O36.1190",
            {
                "trimester": "O36.1110 O36.1120 O36.1130",
                "fetus": "O36.1191 O36.1192 O36.1193 O36.1194 O36.1195 O36.1199",
            },
        ),
        ("O36.1121", {}),
        ("S72.001A", {"site": "S72.011A S72.02 S72.03 S72.04"}),
        ("S72.031A", {}),
        ("S72.033K", {"laterality": "S72.031K S72.032K"}),
        ("S06.1X9D", {"duration": "S06.1X1D S06.1X2D S06.1X3D S06.1X4D S06.1X5D S06.1X6D"}),
        ("S06.1X1A", {}),
        ("S83.203A", {"type": "S83.241A S83.281A"}),
        (
            "T20.00XA",
            {
                "degree": "T20.1 T20.2 T20.3",
                "site": "T20.019A T20.02XA T20.03XA T20.04XA T20.05XA T20.06XA T20.07XA T20.09XA",
            },
        ),
        ("T20.111A", {}),
        ("T40.2X1A", {}),
        ("W19.XXXA", {}),
        ("R40.2110", {"time": "R40.2111 R40.2112 R40.2113 R40.2114"}),
        ("QA0.0101", {}),
        ("Z3A.38", {}),
        ("G93.40", {"type": "G93.41 G93.42 G93.43 G93.44 G93.45"}),
        ("I44.30", {"degree": "I44.0 I44.1", "type": "I44.2"}),
        ("I49.40", {"type": "I49.1 I49.2 I49.3"}),
        ("I74.10", {"site": "I74.0 I74.11"}),
        ("C79.40", {}),
        ("D13.30", {}),
        ("J96.00", {"type": "J96.01 J96.02"}),
        ("O30.001", {"type": "O30.011 O30.021 O30.031 O30.041"}),
        ("O77.9", {"type": "O77.0"}),
        ("P07.20", {"gestation": "P07.21 P07.22 P07.23 P07.24 P07.25 P07.26"}),
        ("I63.212", {"type": "I63.012 I63.112"}),
        (
            "S62.300A",
            {"displacement": "S62.310A S62.320A S62.330A S62.340A S62.350A S62.360A"},
        ),
        ("T26.41XA", {"site": "T26.01XA T26.11XA T26.21XA"}),
    ],
)
def test_what_a_code_leaves_open(catalog: Catalog, code: str, expected: dict[str, str]) -> None:
    assert leads(of(catalog, code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M53.82", {"spine_region": "cervical region"}),
        ("S72.001A", {"laterality": "right", "encounter": "initial encounter for closed fracture"}),
        ("J45.31", {"severity": "Mild", "complication": "with (acute) exacerbation"}),
        ("C50.911", {"sex": "female", "laterality": "right"}),
        ("H40.1131", {"laterality": "bilateral", "stage": "mild stage"}),
        ("E11.3299", {"severity": "mild", "complication": "without macular edema"}),
        ("T40.2X1A", {"intent": "accidental (unintentional)", "encounter": "initial encounter"}),
        ("G43.909", {"intractability": "not intractable", "complication": "without status migrainosus"}),
        ("K50.919", {}),
        ("I21.02", {}),
    ],
)
def test_what_a_code_settles(catalog: Catalog, code: str, expected: dict[str, str]) -> None:
    assert {s.axis: s.value for s in of(catalog, code).settled} == expected


def test_m53_9_says_what_to_write_down(catalog: Catalog) -> None:
    named, region = of(catalog, "M53.9").open_axes
    assert named.what_to_document == (
        "type: Cervicocranial syndrome, Cervicobrachial syndrome, Spinal instabilities, "
        "Sacrococcygeal disorders"
    )
    assert region.what_to_document.startswith("region of the spine: occipito-atlanto-axial region, cervical")
    cervical = region.choices[1]
    assert (cervical.value, cervical.code.text) == ("cervical region", "M53.82")
    assert cervical.title == "Other specified dorsopathies, cervical region"
    assert cervical.source.key == "tabular"
    assert region.source.publisher == "icdlens"
    assert "derived" in region.source.name


def test_two_levels_may_each_leave_a_type_open(catalog: Catalog) -> None:
    """S83.206A is an unspecified tear of an unspecified meniscus."""
    found = of(catalog, "S83.206A")
    assert [codes(axis) for axis in found.open_axes] == [
        "S83.211A S83.221A S83.231A S83.251A S83.261A S83.271A",
        "S83.200A",
    ]
    assert {s.axis for s in found.settled} == {Axis.LATERALITY, Axis.ENCOUNTER}


def test_a_heading_stands_for_the_codes_that_agree(catalog: Catalog) -> None:
    """Below S72.03 a fracture is displaced or not, which S72.001A does not say."""
    [site] = of(catalog, "S72.001A").open_axes
    midcervical = next(choice for choice in site.choices if choice.code.text == "S72.03")
    assert midcervical.value == "Midcervical fracture"
    assert not midcervical.billable
    assert [code.text for code in midcervical.codes] == ["S72.031A", "S72.034A"]


def test_more_specific_codes(catalog: Catalog) -> None:
    assert [c.text for c in of(catalog, "M54.30").more_specific] == ["M54.31", "M54.32"]
    assert Code("S72.034A") in of(catalog, "S72.001A").more_specific
    assert of(catalog, "S72.031A").more_specific == ()


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("M53", {"type": "M53.0 M53.1 M53.2X M53.3", "spine_region": ""}),
        ("M53.2", {"spine_region": " ".join(f"M53.2X{n}" for n in range(1, 9))}),
        ("J45.2", {"complication": "J45.20 J45.21 J45.22"}),
        ("S72.031", {"encounter": " ".join(f"S72.031{c}" for c in "ABCDEFGHJKMNPQRS")}),
        (
            "S72.03",
            {
                "displacement": "S72.031 S72.032 S72.033 S72.034 S72.035 S72.036",
                "laterality": "",
                "encounter": "",
            },
        ),
        ("W19", {"encounter": "W19.XXXA W19.XXXD W19.XXXS"}),
        ("O09.0", {"trimester": "O09.01 O09.02 O09.03"}),
    ],
)
def test_a_heading_leaves_open_what_its_codes_differ_in(
    catalog: Catalog, heading: str, expected: dict[str, str]
) -> None:
    assert leads(of(catalog, heading)) == expected


def test_documentation_is_of_the_date(catalog: Catalog) -> None:
    """M54.5 was billable until 2021-09-30, the codes below it are since."""
    [then] = of(catalog, "M54.9", date(2021, 9, 30)).open_axes
    [now] = of(catalog, "M54.9").open_axes
    assert "M54.5" in codes(then).split()
    assert "M54.50" in codes(now).split()
    assert of(catalog, "M54.5", date(2021, 9, 30)).open_axes == ()


def test_a_code_without_a_title_has_nothing_to_read(catalog: Catalog) -> None:
    assert of(catalog, "C78.31", IN_FY2027) == Documentation((), ())


Read = list[tuple[CodeCard, Documentation]]


@pytest.fixture(scope="module", params=[IN_FY2026, IN_FY2027, date(2020, 3, 1)], ids=str)
def sample(request: pytest.FixtureRequest, catalog: Catalog) -> Read:
    first = request.param.day  # another sample on each date
    names = [entry.name for entry in catalog.codes()][first :: EVERY if request.param == IN_FY2026 else 61]
    cards = (build_card(catalog, Code(name), request.param) for name in names)
    return [(card, documentation(catalog, card)) for card in cards if card]


def test_no_code_leads_to_itself_or_above(sample: Read) -> None:
    for card, found in sample:
        for axis in found.open_axes:
            for choice in axis.choices:
                assert not card.code.text.startswith(choice.code.text)
                assert card.code not in choice.codes
                assert choice.code.text[:3] == card.code.text[:3]


def test_codes_to_choose_are_in_use_on_the_date(sample: Read, catalog: Catalog) -> None:
    for card, found in sample:
        choices = [choice for axis in found.open_axes for choice in axis.choices]
        lives = catalog.lives({c.text for choice in choices for c in (choice.code, *choice.codes)})
        for choice in choices:
            expected = Standing.BILLABLE if choice.billable else Standing.HEADING
            assert lives[choice.code.text].standing(card.as_of) is expected
            assert all(lives[c.text].standing(card.as_of) is Standing.BILLABLE for c in choice.codes)
            assert choice.codes or card.children


def test_titles_of_choices_are_official(sample: Read, catalog: Catalog) -> None:
    for _, found in sample:
        for choice in (choice for axis in found.open_axes for choice in axis.choices[:3]):
            entry = catalog.entry(choice.code)
            assert entry
            assert choice.title == entry.title


def test_what_is_settled_is_not_open(sample: Read) -> None:
    for card, found in sample:
        is_open = {axis.axis for axis in found.open_axes}
        assert is_open.isdisjoint(settled.axis for settled in found.settled)
        if card.code.is_complete and card.title and "encounter" in card.title:
            assert Axis.ENCOUNTER not in is_open
        if not card.children:
            assert all(axis.choices for axis in found.open_axes)


#: The axes whose first word tells one value from another.
TELLING = (Axis.LATERALITY, Axis.TRIMESTER, Axis.SEX, Axis.INTENT, Axis.SPINE_REGION, Axis.DEGREE)


def test_no_choice_contradicts_the_code(sample: Read, catalog: Catalog) -> None:
    """A code of the right side never leads to one of the left."""
    for card, found in sample:
        settled = {s.axis: s.value.lower() for s in found.settled if s.axis in TELLING}
        for code in found.more_specific if settled else ():
            entry = catalog.entry(code)
            said = values_in(entry.title) if entry else {}
            for axis, value in settled.items():
                assert said.get(axis, value).lower() == value, (card.code, code, axis)


def test_only_codes_that_say_unspecified_and_headings_leave_something_open(sample: Read) -> None:
    for card, found in sample:
        title = card.title or ""
        says_so = any(word in title for word in ("nspecified", "not specified", "NOS"))
        assert says_so or card.children or not found.open_axes, card.code
