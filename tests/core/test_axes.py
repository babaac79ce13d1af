"""Reading titles: every title here is official, of the packaged release."""

import pytest

from core.axes import (
    Axis,
    axes_of,
    axis_of_value,
    differing_part,
    may_stand_for,
    names_side,
    refines,
    says,
    sentence,
    title_words,
    values_in,
    words_of_value,
)


@pytest.mark.parametrize(
    ("title", "says_of_it", "nouns"),
    [
        ("Dorsopathy, unspecified", "dorsopathy", ()),
        ("Other and unspecified dorsopathies, not elsewhere classified", "dorsopathy", ()),
        ("Pressure ulcer of unspecified site, unspecified stage", "pressure ulcer", ("site", "stage")),
        ("Spinal stenosis, site unspecified", "spinal stenosis", ("site",)),
        ("Fracture of unspecified part of neck of femur", "fracture femur", ("part",)),
        ("Malignant neoplasm of unspecified part of right lung", "malignant neoplasm right lung", ("part",)),
        (
            "Acute appendicitis with generalized peritonitis, without abscess, unspecified as to perforation",
            "acute appendicitis with generalized peritonitis without abscess",
            (),
        ),
    ],
)
def test_words_outside_of_what_is_unspecified(title: str, says_of_it: str, nouns: tuple[str, ...]) -> None:
    assert title_words(title).core == words_of_value(says_of_it)
    assert title_words(title).nouns == nouns


def test_a_negated_word_is_another_word() -> None:
    without = title_words("Migraine without aura, not intractable").core
    assert without.isdisjoint({"aura", "without", "intractabl", "intractable", "not"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("dorsopathy", "dorsopathies"), ("depression", "depressive"), ("disease", "diseases"), ("eye", "eyes")],
)
def test_inflection_makes_no_difference(one: str, other: str) -> None:
    assert words_of_value(one) == words_of_value(other)


@pytest.mark.parametrize(
    ("title", "residual"),
    [
        ("Other asthma", True),
        ("Other specified dorsopathies", True),
        ("Other and unspecified asthma", False),
        ("Unspecified asthma", False),
        ("Type 2 diabetes mellitus with other circulatory complications", True),
    ],
)
def test_other_is_residual_but_not_other_and_unspecified(title: str, residual: bool) -> None:
    assert title_words(title).residual is residual


@pytest.mark.parametrize(
    ("title", "other", "part"),
    [
        (
            "Burn of first degree of head, face, and neck",
            "Burn of unspecified degree of head, face, and neck",
            "",
        ),
        ("Other and unspecified encephalopathy", "Disorder of brain, unspecified", "encephalopathy"),
        ("Sciatica, right side", "Sciatica, unspecified side", "right side"),
        ("Systolic (congestive) heart failure", "Heart failure, unspecified", "Systolic (congestive)"),
        ("Pressure ulcer of elbow", "Pressure ulcer of unspecified site", "elbow"),
        ("Pressure ulcer of unspecified elbow, stage 1", "Pressure ulcer of unspecified elbow", "stage 1"),
        ("Cervicocranial syndrome", "Dorsopathy, unspecified", "Cervicocranial syndrome"),
        (
            "Acute appendicitis with generalized peritonitis, without perforation or abscess",
            "Acute appendicitis with generalized peritonitis, without abscess, unspecified as to perforation",
            "without perforation",
        ),
    ],
)
def test_the_part_that_differs(title: str, other: str, part: str) -> None:
    assert differing_part(title, other) == (part or "first degree")


@pytest.mark.parametrize(
    ("value", "axis"),
    [
        ("right", Axis.LATERALITY),
        ("bilateral", Axis.LATERALITY),
        ("third trimester", Axis.TRIMESTER),
        ("moderate stage", Axis.STAGE),
        ("Mild intermittent", Axis.SEVERITY),
        ("sacral and sacrococcygeal region", Axis.SPINE_REGION),
        ("subsequent encounter for closed fracture with nonunion", Axis.ENCOUNTER),
        ("with status asthmaticus", Axis.COMPLICATION),
        ("Cervicocranial syndrome", Axis.TYPE),
        ("involving left main coronary artery", Axis.TYPE),
    ],
)
def test_axis_of_a_value(value: str, axis: Axis) -> None:
    assert axis_of_value(value) is axis


def test_values_that_stand_beside_each_other() -> None:
    assert axes_of(["mild", "moderate", "in full remission"], None) == [
        Axis.SEVERITY,
        Axis.SEVERITY,
        Axis.TYPE,
    ]
    assert axes_of(["elbow", "right heel"], Axis.SITE) == [Axis.SITE, Axis.SITE]
    assert axes_of(["Left ventricular", "Systolic"], None) == [Axis.TYPE, Axis.TYPE]
    assert axes_of([], Axis.SITE) == []


def test_values_in_a_title() -> None:
    assert values_in("Primary open-angle glaucoma, right eye, mild stage") == {
        Axis.LATERALITY: "right",
        Axis.STAGE: "mild stage",
    }
    assert values_in("Migraine without aura, not intractable, with status migrainosus") == {
        Axis.INTRACTABILITY: "not intractable",
        Axis.COMPLICATION: "with status migrainosus",
    }
    assert values_in("Other cervical disc disorders, unspecified cervical region") == {}


def test_compounds_say_their_last_part_but_not_its_opposite() -> None:
    assert says(frozenset({"mononeuropath"}), "neuropath")
    assert not says(frozenset({"nondisplaced"}), "displaced")
    assert not says(frozenset({"not-intractable"}), "intractable")
    assert not says(frozenset({"thoracolumbar"}), "lumbar")


def test_a_title_that_settles_something_else_does_not_stand_for_another() -> None:
    heading = title_words("Fracture of head and neck of femur")
    head = title_words("Unspecified fracture of head of femur")
    assert may_stand_for(title_words("Articular fracture of head of femur"), head, heading)
    assert not may_stand_for(title_words("Midcervical fracture of femur"), head, heading)
    assert not may_stand_for(title_words("Fracture of base of neck of femur"), head, heading)


@pytest.mark.parametrize(
    ("heading", "title", "named", "left_out"),
    [
        ("Fracture of head and neck of femur", "Unspecified fracture of head of femur", "head", "neck"),
        ("Cellulitis and acute lymphangitis", "Cellulitis", "cellulitis", "acute lymphangitis"),
        ("Undescended and ectopic testicle", "Undescended testicle", "undescended", "ectopic"),
        (
            "Anterior subluxation and dislocation of humerus",
            "Anterior dislocation of unspecified humerus",
            "dislocation",
            "subluxation",
        ),
        (
            "Burn and corrosion confined to eye and adnexa",
            "Burn of eye and adnexa, part unspecified",
            "burn",
            "corrosion confined",
        ),
        (
            "Other disorders of breast and disorders of lactation associated with pregnancy and the "
            "puerperium",
            "Other and unspecified disorders of breast associated with pregnancy and the puerperium",
            "breast",
            "lactation",
        ),
        ("Labor and delivery", "Labor and delivery complicated by fetal stress", "", ""),
        ("Suppurative and unspecified otitis media", "Otitis media", "", ""),
        ("Other and unspecified porphyria", "Unspecified porphyria", "", ""),
    ],
)
def test_what_a_title_leaves_out_of_what_its_heading_joins(
    heading: str, title: str, named: str, left_out: str
) -> None:
    chosen = title_words(heading).chosen_by(title_words(title))
    assert chosen == (words_of_value(named), words_of_value(left_out))


@pytest.mark.parametrize(
    ("beside", "title", "heading", "may"),
    [
        # "Other and unspecified porphyria" is porphyria all the same.
        (
            "Gilbert syndrome",
            "Other and unspecified porphyria",
            "Disorders of porphyrin and bilirubin metabolism",
            False,
        ),
        (
            "Porphyria cutanea tarda",
            "Other and unspecified porphyria",
            "Disorders of porphyrin and bilirubin metabolism",
            True,
        ),
        (
            "Malignant melanoma of scalp and neck",
            "Malignant melanoma of other and unspecified parts of face",
            "Malignant melanoma of skin",
            False,
        ),
        # The genitourinary tract is wider than the urinary tract.
        (
            "Unspecified genitourinary tract infection in pregnancy",
            "Unspecified infection of urinary tract in pregnancy",
            "Infections of genitourinary tract in pregnancy",
            False,
        ),
        (
            "Sepsis of newborn due to streptococcus, group B",
            "Sepsis of newborn due to other and unspecified streptococci",
            "Bacterial sepsis of newborn",
            True,
        ),
        (
            "Follicular lymphoma grade IIIa",
            "Follicular lymphoma grade III, unspecified",
            "Follicular lymphoma",
            True,
        ),
    ],
)
def test_what_other_and_unspecified_is_said_of_stays(
    beside: str, title: str, heading: str, may: bool
) -> None:
    assert may_stand_for(title_words(beside), title_words(title), title_words(heading)) is may


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Sciatica, right side", True),
        ("Conjunctivochalasis, bilateral", True),
        ("Acute right heart failure", False),
        ("Laceration of descending [left] colon", False),
        ("Unspecified right bundle-branch block", False),
        (None, False),
    ],
)
def test_left_and_right_of_heart_and_colon_are_no_sides(title: str | None, names: bool) -> None:
    assert names_side(title) is names
    assert (Axis.LATERALITY in values_in(title or "")) is names


def test_what_is_not_known_refines_nothing() -> None:
    own = title_words("Pressure ulcer of unspecified site, unspecified stage")
    assert refines(title_words("Pressure ulcer of unspecified site, stage 1"), own)
    assert not refines(title_words("Pressure ulcer of unspecified site, unspecified stage"), own)
    assert not refines(title_words("Fistula, unspecified joint"), title_words("Fistula of joint"))


def test_a_sentence_parts_values_that_have_commas_by_semicolons() -> None:
    assert sentence(Axis.LATERALITY, ["right", "left"]) == "side: right, left"
    assert sentence(Axis.SITE, ["hip", "back, buttock and hip"]) == "site: hip; back, buttock and hip"


def test_every_axis_has_a_label() -> None:
    assert all(axis.label for axis in Axis)
