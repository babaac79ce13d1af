"""Codes that are easy to get wrong, each against the official text.

Every column was read off the Tabular List, the code list and the table of billable periods, and says
nothing that a reader cannot look up there. A column that is left out is not tested for that code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from core.card import CodeCard
from core.catalog import Catalog
from core.classification import Level
from core.code import Code
from core.documentation import OpenAxis
from core.full_card import FullCard, build_full_card
from core.lives import Standing
from core.related import Relation
from tests.conftest import IN_FY2026, IN_FY2027

ALWAYS = "2015-10-01/"
#: Nothing replaced the code on that day, or it took nothing's place: no code of its subcategory did change.
NOTHING = ""


@dataclass(frozen=True, kw_only=True)
class Hard:
    """A code and what the official text says about it.

    ``billable`` is the billable period, both ends included (``2015-10-01/2021-09-30``); empty for a code
    that never was billable. ``notes`` are ``kind level: text`` with the level that the note is printed at:
    the code itself, or above it. ``related`` and ``unrelated`` are ``relation name``. ``leads`` are the axes
    that the title leaves open with codes that they lead to, ``*`` for any axis; ``settled`` are axes that
    must not be open. ``replaced`` and ``split`` are a day and all codes on the other side of the change.
    """

    code: str
    chapter: int
    title: str | None = None
    fy2026: str = "billable"
    fy2027: str = "billable"
    needs: str | None = None
    billable: str | None = ALWAYS
    below: str | None = None
    notes: tuple[str, ...] = ()
    #: Kinds of which there is no note at all on the code or above it.
    no_notes: str = ""
    related: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()
    #: The 7th characters that there are for the stem; empty where no table governs the code.
    sevenths: str | None = None
    leads: tuple[str, ...] = ()
    never_leads: str = ""
    settled: str = ""
    #: The title leaves nothing open.
    is_specific: bool = False
    replaced: str | None = None
    split: str | None = None


HARD = (
    # 1 Certain infectious and parasitic diseases
    Hard(
        code="A00",
        chapter=1,
        title="Cholera",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="",
        below="A00.0 A00.1 A00.9",
        notes=(
            "use_additional_code 1: code to identify resistance to antimicrobial drugs (Z16.-)",
            "excludes1 1: certain localized infections - see body system-related chapters",
        ),
        related=("child A00.9", "named_in_its_notes Z16"),
        sevenths="",
    ),
    Hard(
        code="A41.9",
        chapter=1,
        title="Sepsis, unspecified organism",
        notes=(
            "inclusion_term A41.9: Septicemia NOS",
            "code_first A41: sepsis during labor (O75.3)",
            "excludes1 A41: bacteremia NOS (R78.81)",
            "excludes1 A41: neonatal (P36.-)",
            "excludes2 A41: toxic shock syndrome (A48.3)",
            "excludes1 1: certain localized infections - see body system-related chapters",
        ),
        related=("parent A41", "named_in_its_notes R78.81", "its_notes_name_it R65.2"),
        leads=("organism: A41.3 A41.4",),
        never_leads="A41.89",
    ),
    Hard(
        code="B20",
        chapter=1,
        title="Human immunodeficiency virus [HIV] disease",
        notes=(
            "includes B20: acquired immune deficiency syndrome [AIDS]",
            "use_additional_code B20: code(s) to identify all manifestations of HIV infection",
            "excludes1 B20: asymptomatic human immunodeficiency virus [HIV] infection status (Z21)",
            "excludes1 B20: inconclusive serologic evidence of HIV (R75)",
        ),
        related=(
            "named_in_its_notes Z21",
            "named_in_its_notes O98.7",
            "its_notes_name_it C46",
            "its_notes_name_it A50-A64",
        ),
        sevenths="",
        is_specific=True,
    ),
    # 2 Neoplasms
    Hard(
        code="C4A.4",
        chapter=2,
        title="Merkel cell carcinoma of scalp and neck",
        notes=("note 2: Malignant neoplasm of ectopic tissue",),
        no_notes="excludes1 excludes2 code_first use_additional_code",
        related=("parent C4A", "sibling C4A.3"),
        is_specific=True,
    ),
    Hard(
        code="C43.30",  # "of other and unspecified parts of face": it is the face
        chapter=2,
        title="Malignant melanoma of unspecified part of face",
        related=("parent C43.3", "sibling C43.31"),
        leads=("*: C43.31",),
        never_leads="C43.4 C43.51 C43.59 C43.60 C43.70 C43.8 C43.9 C43.39",
    ),
    Hard(
        code="C50.911",
        chapter=2,
        title="Malignant neoplasm of unspecified site of right female breast",
        notes=(
            "includes C50: Paget's disease of nipple",
            "use_additional_code C50: code to identify estrogen, and other hormones and factors receptor "
            "status (Z17.-)",
            "excludes1 C50: skin of breast (C44.501, C44.511, C44.521, C44.591)",
        ),
        no_notes="excludes2",
        related=("named_in_its_notes C44.511", "more_specific C50.411", "its_notes_name_it Z85.3"),
        unrelated=("more_specific C50.919", "more_specific C50.412"),
        leads=("site: C50.011 C50.111 C50.211 C50.311 C50.411 C50.511 C50.611 C50.811",),
        never_leads="C50.012 C50.021 C50.412 C50.919 C50.912 C50.921",
        settled="laterality sex",
    ),
    Hard(
        code="C79.40",  # "of other and unspecified parts of nervous system"
        chapter=2,
        title="Secondary malignant neoplasm of unspecified part of nervous system",
        related=("parent C79.4", "sibling C79.49"),
        unrelated=("more_specific C79.11",),
        never_leads="C79.00 C79.10 C79.11 C79.2 C79.51 C79.52 C79.60 C79.70 C79.81 C79.82",
    ),
    Hard(
        code="C7B.02",
        chapter=2,
        title="Secondary carcinoid tumors of liver",
        notes=("use_additional_code C7B: code to identify any functional activity",),
        related=("its_notes_name_it C78",),
        is_specific=True,
    ),
    Hard(
        code="C78.31",  # new in FY2027; the packaged release ends before it
        chapter=2,
        title=None,
        fy2026="not_yet_valid",
        billable="2026-10-01/",
        notes=(
            "excludes1 C78: secondary carcinoid tumors of liver (C7B.02)",
            "excludes2 C78: lymph node metastases (C77.0)",
        ),
        related=("parent C78.3", "sibling C78.30", "sibling C78.32", "named_in_its_notes C7B.02"),
        split=NOTHING,
    ),
    Hard(
        code="D13.30",  # "of other and unspecified parts of small intestine"
        chapter=2,
        title="Benign neoplasm of unspecified part of small intestine",
        related=("parent D13.3",),
        never_leads="D13.0 D13.1 D13.4 D13.5 D13.6 D13.7",
    ),
    # 3 Blood
    Hard(
        code="D64.9",
        chapter=3,
        title="Anemia, unspecified",
        notes=(
            "excludes1 D64: refractory anemia (D46.-)",
            "excludes2 3: human immunodeficiency virus [HIV] disease (B20)",
        ),
        related=("named_in_its_notes D46", "named_in_its_notes B20"),
        unrelated=("named_in_its_notes C00",),
        never_leads="D64.89",
    ),
    Hard(
        code="D69.1",
        chapter=3,
        title="Qualitative platelet defects",
        fy2027="heading",
        billable="2015-10-01/2026-09-30",
        notes=(
            "inclusion_term D69.1: Bernard-Soulier [giant platelet] syndrome",
            "excludes1 D69.1: hemolytic-uremic syndrome (D59.3-)",
            "excludes2 D69.1: von Willebrand disease (D68.0-)",
            "excludes1 D69: Waldenström hypergammaglobulinemic purpura (D89.0)",
        ),
        replaced="2026-10-01 D69.11 D69.19",
    ),
    Hard(
        code="D69.11",
        chapter=3,
        fy2026="not_yet_valid",
        billable="2026-10-01/",
        notes=("excludes1 D69.1: hemolytic-uremic syndrome (D59.3-)",),
        related=("parent D69.1", "sibling D69.19"),
        split="2026-10-01 D69.1",
    ),
    Hard(
        code="D75.A",
        chapter=3,
        title="Glucose-6-phosphate dehydrogenase (G6PD) deficiency without anemia",
        billable="2019-10-01/",
        notes=(
            "excludes1 D75.A: glucose-6-phosphate dehydrogenase (G6PD) deficiency with anemia (D55.0)",
            "excludes2 D75: chronic lymphadenitis (I88.1)",
        ),
        related=("named_in_its_notes D55.0", "its_notes_name_it D55.0"),
        is_specific=True,
        split=NOTHING,
    ),
    # 4 Endocrine
    Hard(
        code="E11.9",
        chapter=4,
        title="Type 2 diabetes mellitus without complications",
        notes=(
            "excludes1 E11.9: type 2 diabetes mellitus, without complications in remission (E11.A)",
            "includes E11: diabetes NOS",
            "use_additional_code E11: oral antidiabetic drugs (Z79.84)",
            "excludes1 E11: gestational diabetes (O24.4-)",
            "excludes1 4: transitory endocrine and metabolic disorders specific to newborn (P70-P74)",
        ),
        no_notes="excludes2 code_first",
        related=("named_in_its_notes E11.A", "its_notes_name_it E11.A", "named_in_its_notes O24.4"),
        unrelated=("named_in_its_notes P70",),
        settled="complication type remission",
        is_specific=True,
    ),
    Hard(
        code="E11.A",
        chapter=4,
        title="Type 2 diabetes mellitus without complications in remission",
        billable="2025-10-01/",
        notes=(
            "excludes1 E11.A: type 2 diabetes mellitus, with complications (E11.0-E11.8)",
            "excludes1 E11.A: type 2 diabetes mellitus, without complications not in remission (E11.9)",
            "use_additional_code E11: insulin (Z79.4)",
        ),
        related=("named_in_its_notes E11.9", "its_notes_name_it E11.9"),
        unrelated=("named_in_its_notes E11.0",),
        is_specific=True,
        split=NOTHING,  # E11.9 goes on
    ),
    Hard(
        code="E80.20",  # below "Other and unspecified porphyria"
        chapter=4,
        title="Unspecified porphyria",
        notes=("inclusion_term E80.20: Porphyria NOS",),
        leads=("*: E80.21",),
        never_leads="E80.29 E80.3 E80.4 E80.5 E80.6 E80.7",
    ),
    Hard(
        code="E66.8",
        chapter=4,
        title="Other obesity",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2024-09-30",
        below="E66.81 E66.89",
        notes=(
            "code_first E66: obesity complicating pregnancy, childbirth and the puerperium, if applicable "
            "(O99.21-)",
        ),
        replaced="2024-10-01 E66.811 E66.812 E66.813 E66.89",
    ),
    # 5 Mental
    Hard(
        code="F32.A",
        chapter=5,
        title="Depression, unspecified",
        billable="2021-10-01/",
        notes=(
            "inclusion_term F32.A: Depression NOS",
            "excludes1 F32: bipolar disorder (F31.-)",
            "excludes2 F32: adjustment disorder (F43.2)",
            "excludes2 5: symptoms, signs and abnormal clinical laboratory findings, not elsewhere "
            "classified (R00-R99)",
        ),
        related=("sibling F32.9", "named_in_its_notes F43.2"),
        never_leads="F32.89",
        split=NOTHING,
    ),
    Hard(
        code="F03.90",
        chapter=5,
        title="Unspecified dementia, unspecified severity, without behavioral disturbance, psychotic "
        "disturbance, mood disturbance, and anxiety",
        notes=(
            "inclusion_term F03.90: Dementia NOS",
            "inclusion_term F03: Senile dementia NOS",
            "excludes2 F03: dementia with delirium or acute confusional state (F05)",
        ),
        no_notes="excludes1 code_first",
        related=("parent F03.9", "sibling F03.91", "more_specific F03.A0"),
        leads=("severity: F03.A0 F03.B0 F03.C0",),
        never_leads="F03.92 F03.A2 F03.A11",
        settled="complication",
    ),
    Hard(
        code="F02.80",
        chapter=5,
        title="Dementia in other diseases classified elsewhere, unspecified severity, without behavioral "
        "disturbance, psychotic disturbance, mood disturbance, and anxiety",
        notes=(
            "code_first F02: Alzheimer's (G30.-)",
            "excludes2 F02: vascular dementia (F01.5-, F01.A-, F01.B-, F01.C-)",
        ),
        related=("named_in_its_notes G30", "named_in_its_notes F01.A"),
        leads=("severity: F02.A0 F02.B0 F02.C0",),
        settled="complication",
    ),
    # 6 Nervous system
    Hard(
        code="G35",
        chapter=6,
        title="Multiple sclerosis",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2025-09-30",
        below="G35.A G35.B G35.C G35.D",
        no_notes="excludes1 code_first",
        leads=("*: G35.A",),
        never_leads="G35.D",
        replaced="2025-10-01 G35.A G35.B0 G35.B1 G35.B2 G35.C0 G35.C1 G35.C2 G35.D",
    ),
    Hard(
        code="G35.A",
        chapter=6,
        title="Relapsing-remitting multiple sclerosis",
        billable="2025-10-01/",
        notes=(
            "excludes1 G35.A: demyelinating disease of central nervous system, unspecified (G37.9)",
            "excludes2 6: neoplasms (C00-D49)",
        ),
        related=("parent G35", "named_in_its_notes G37.9"),
        is_specific=True,
        split="2025-10-01 G35",
    ),
    Hard(
        code="G35.D",
        chapter=6,
        title="Multiple sclerosis, unspecified",
        billable="2025-10-01/",
        notes=("inclusion_term G35.D: Multiple sclerosis NOS",),
        no_notes="excludes1",
        leads=("*: G35.A G35.B0 G35.C0",),
        split="2025-10-01 G35",
    ),
    Hard(
        code="G20",
        chapter=6,
        title="Parkinson's disease",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2023-09-30",
        below="G20.A G20.B G20.C",
        notes=("inclusion_term G20: Paralysis agitans",),
        replaced="2023-10-01 G20.A1 G20.A2 G20.B1 G20.B2 G20.C",
    ),
    Hard(
        code="G43.909",
        chapter=6,
        title="Migraine, unspecified, not intractable, without status migrainosus",
        notes=(
            "inclusion_term G43.909: Migraine NOS",
            "inclusion_term G43.90: Migraine, unspecified, without refractory migraine",
            "use_additional_code G43: code for adverse effect, if applicable, to identify drug (T36-T50 with "
            "fifth or sixth character 5)",
            "excludes1 G43: lower half migraine (G44.00)",
            "excludes2 G43: headache NOS (R51.9)",
        ),
        related=("named_in_its_notes R51.9", "sibling G43.901"),
        leads=("type: G43.009 G43.109 G43.709",),
        never_leads="G43.001 G43.019 G43.901 G43.919 G43.809",
        settled="intractability complication",
    ),
    # 7 Eye
    Hard(
        code="H18.20",  # below "Other and unspecified corneal edema", an edema all the same
        chapter=7,
        title="Unspecified corneal edema",
        related=("parent H18.2", "sibling H18.22"),
        leads=("*: H18.219 H18.229 H18.239",),
        never_leads="H18.009 H18.30 H18.40 H18.509 H18.609",
        unrelated=("more_specific H18.40",),
    ),
    Hard(
        code="H40.1131",
        chapter=7,
        title="Primary open-angle glaucoma, bilateral, mild stage",
        billable="2016-10-01/",
        notes=(
            "inclusion_term H40.11: Chronic simple glaucoma",
            "seventh_character H40.11: One of the following 7th characters is to be assigned to each code in "
            "subcategory H40.11 to designate the stage of glaucoma",
            "excludes1 H40: congenital glaucoma (Q15.0)",
            "excludes2 7: injury (trauma) of eye and orbit (S05.-)",
        ),
        sevenths="0 1 2 3 4",
        settled="stage laterality",
        is_specific=True,
        split="2016-10-01 H40.11X1",
    ),
    Hard(
        code="H40.113",
        chapter=7,
        title="Primary open-angle glaucoma, bilateral",
        fy2026="heading",
        fy2027="heading",
        needs="needs a 7th character",
        billable="",
        below="H40.1130 H40.1131 H40.1132 H40.1133 H40.1134",
        sevenths="0 1 2 3 4",
        leads=("stage: H40.1131 H40.1132 H40.1133 H40.1134",),
        never_leads="H40.1130",
        settled="laterality",
    ),
    Hard(
        code="H54.0X33",  # printed with all seven characters: no table makes the last one
        chapter=7,
        title="Blindness right eye category 3, blindness left eye category 3",
        billable="2017-10-01/",
        notes=(
            "inclusion_term H54.0: Visual impairment categories 3, 4, 5 in both eyes.",
            "code_first H54: any associated underlying cause of the blindness",
            "excludes1 H54: amaurosis fugax (G45.3)",
        ),
        related=("parent H54.0X3", "sibling H54.0X34"),
        sevenths="",
        is_specific=True,
        split="2017-10-01 H54.0",
    ),
    # 8 Ear
    Hard(
        code="H66.90",
        chapter=8,
        title="Otitis media, unspecified, unspecified ear",
        notes=(
            "inclusion_term H66.9: Acute otitis media NOS",
            "use_additional_code H66.9: code for any associated perforated tympanic membrane (H72.-)",
            "includes H66: suppurative and unspecified otitis media with myringitis",
            "use_additional_code H66: tobacco use (Z72.0)",
        ),
        no_notes="excludes1",
        related=("parent H66.9", "named_in_its_notes H72"),
        leads=("laterality: H66.91 H66.92 H66.93",),
    ),
    # 9 Circulatory system
    Hard(
        code="I10",
        chapter=9,
        title="Essential (primary) hypertension",
        below="",
        notes=(
            "includes I10: high blood pressure",
            "excludes1 I10: hypertensive disease complicating pregnancy, childbirth and the puerperium "
            "(O10-O11, O13-O16)",
            "use_additional_code I10-I1A: tobacco use (Z72.0)",
            "excludes1 I10-I1A: neonatal hypertension (P29.2)",
            "excludes2 9: transient cerebral ischemic attacks and related syndromes (G45.-)",
        ),
        related=("named_in_its_notes P29.2", "sibling I11"),
        unrelated=("named_in_its_notes O10",),
        is_specific=True,
        sevenths="",
    ),
    Hard(
        code="I21.9",
        chapter=9,
        title="Acute myocardial infarction, unspecified",
        billable="2017-10-01/",
        notes=(
            "inclusion_term I21.9: Myocardial infarction (acute) NOS",
            "includes I21: cardiac infarction",
            "excludes2 I21: old myocardial infarction (I25.2)",
            "code_also I20-I25: the presence of hypertension (I10-I1A)",
        ),
        no_notes="excludes1",
        related=("named_in_its_notes I25.2", "named_in_its_notes I22", "sibling I21.B"),
        leads=("*: I21.4",),
        split=NOTHING,
    ),
    Hard(
        code="I48.2",
        chapter=9,
        title="Chronic atrial fibrillation",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2019-09-30",
        below="I48.20 I48.21",
        replaced="2019-10-01 I48.20 I48.21",
    ),
    Hard(
        code="I50.9",
        chapter=9,
        title="Heart failure, unspecified",
        notes=(
            "inclusion_term I50.9: Congestive heart failure NOS",
            "excludes2 I50.9: fluid overload unrelated to congestive heart failure (E87.70)",
            "code_first I50: heart failure due to hypertension (I11.0)",
            "excludes2 I50: neonatal cardiac failure (P29.0)",
        ),
        no_notes="excludes1",
        related=("named_in_its_notes I11.0", "named_in_its_notes E87.70"),
        leads=("*: I50.20 I50.30 I50.40",),
        never_leads="I50.89",
    ),
    # 10 Respiratory system
    Hard(
        code="J44.9",
        chapter=10,
        title="Chronic obstructive pulmonary disease, unspecified",
        notes=(
            "inclusion_term J44.9: Chronic obstructive lung disease NOS",
            "excludes2 J44.9: lung diseases due to external agents (J60-J70)",
            "includes J44: chronic bronchitis with emphysema",
            "code_also J44: type of asthma, if applicable (J45.-)",
            "excludes1 J40-J4A: bronchitis due to chemicals, gases, fumes and vapors (J68.0)",
            "excludes2 J40-J4A: cystic fibrosis (E84.-)",
            "use_additional_code 10: tobacco dependence (F17.-)",
        ),
        related=("named_in_its_notes J45", "named_in_its_notes J68.0"),
        leads=("complication: J44.0 J44.1",),
        never_leads="J44.89",
    ),
    # 11 Digestive system
    Hard(
        code="K21.9",
        chapter=11,
        title="Gastro-esophageal reflux disease without esophagitis",
        notes=(
            "inclusion_term K21.9: Esophageal reflux NOS",
            "excludes1 K21: newborn esophageal reflux (P78.83)",
            "excludes2 K20-K31: hiatus hernia (K44.-)",
        ),
        related=("sibling K21.0", "named_in_its_notes P78.83"),
        settled="complication",
        is_specific=True,
    ),
    Hard(
        code="K35.209",
        chapter=11,
        title="Acute appendicitis with generalized peritonitis, without abscess, unspecified as to "
        "perforation",
        billable="2023-10-01/",
        notes=("inclusion_term K35.209: (Acute) appendicitis with generalized peritonitis NOS",),
        leads=("*: K35.200 K35.201",),
        never_leads="K35.210 K35.211 K35.219",
        split="2023-10-01 K35.20",
    ),
    # 12 Skin
    Hard(
        code="L03.90",  # the limbs are below "other parts of limb", where they are named
        chapter=12,
        title="Cellulitis, unspecified",
        notes=(
            "excludes2 L03: cellulitis of eyelid (H00.0)",
            "use_additional_code L00-L08: code (B95-B97) to identify infectious agent.",
        ),
        related=("parent L03.9", "sibling L03.91", "named_in_its_notes H00.0"),
        unrelated=("named_in_its_notes B95",),
        leads=("*: L03.115 L03.116",),
        never_leads="L03.91 L03.125",
    ),
    Hard(
        code="L89.159",
        chapter=12,
        title="Pressure ulcer of sacral region, unspecified stage",
        notes=(
            "inclusion_term L89.159: Healing pressure ulcer of sacral region NOS",
            "inclusion_term L89.15: Pressure ulcer of tailbone",
            "code_first L89: any associated gangrene (I96)",
            "excludes2 L89: varicose ulcer (I83.0, I83.2)",
        ),
        no_notes="excludes1",
        related=("named_in_its_notes I96", "named_in_its_notes E11.621"),
        leads=("stage: L89.150 L89.151 L89.152 L89.153 L89.154",),
        never_leads="L89.139 L89.149 L89.143",
        settled="laterality site",
    ),
    # 13 Musculoskeletal system
    Hard(
        code="M1A.00X0",
        chapter=13,
        title="Idiopathic chronic gout, unspecified site, without tophus (tophi)",
        notes=(
            "inclusion_term M1A.0: Primary chronic gout",
            "use_additional_code M1A: Calculus of urinary tract in diseases classified elsewhere (N22)",
            "excludes1 M1A: gout NOS (M10.-)",
            "excludes2 M1A: acute gout (M10.-)",
        ),
        sevenths="0 1",
        leads=("site: M1A.0190 M1A.08X0 M1A.09X0",),
        never_leads="M1A.00X1 M1A.08X1 M1A.0191",
    ),
    Hard(
        code="M51.36",
        chapter=13,
        title="Other intervertebral disc degeneration, lumbar region",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2024-09-30",
        below="M51.360 M51.361 M51.362 M51.369",
        notes=("excludes1 M50-M54: discitis NOS (M46.4-)",),
        settled="spine_region",
        replaced="2024-10-01 M51.360 M51.361 M51.362 M51.369",
    ),
    Hard(
        code="M53.9",
        chapter=13,
        title="Dorsopathy, unspecified",
        notes=(
            "excludes1 M50-M54: current injury - see injury of spine by body region",
            "excludes1 M50-M54: discitis NOS (M46.4-)",
            "excludes2 13: arthropathic psoriasis (L40.5-)",
            "note 13: Use an external cause code following the code for the musculoskeletal condition, if "
            "applicable, to identify the cause of the musculoskeletal condition",
        ),
        no_notes="inclusion_term includes code_first code_also use_additional_code",
        related=(
            "parent M53",
            "sibling M53.0",
            "named_in_its_notes M46.4",
            "named_in_its_notes T79.A",
            "more_specific M53.82",
        ),
        unrelated=("more_specific M53.80", "named_in_its_notes C00", "named_in_its_notes E88"),
        leads=("spine_region: M53.81 M53.82 M53.83 M53.84 M53.85 M53.86 M53.87 M53.88", "type: M53.0 M53.1"),
        never_leads="M53.80",
        sevenths="",
    ),
    Hard(
        code="M54.5",
        chapter=13,
        title="Low back pain",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2021-09-30",
        below="M54.50 M54.51 M54.59",
        notes=(
            "excludes1 M54.5: low back strain (S39.012)",
            "excludes1 M54.5: lumbago with sciatica (M54.4-)",
            "excludes1 M54: psychogenic dorsalgia (F45.41)",
            "excludes1 M50-M54: discitis NOS (M46.4-)",
        ),
        related=("child M54.50", "named_in_its_notes M51.360", "its_notes_name_it M54.8"),
        leads=("*: M54.51",),
        never_leads="M54.50 M54.59",
        replaced="2021-10-01 M54.50 M54.51 M54.59",
    ),
    Hard(
        code="M54.50",
        chapter=13,
        title="Low back pain, unspecified",
        billable="2021-10-01/",
        notes=(
            "inclusion_term M54.50: Lumbago NOS",
            "excludes1 M54.5: low back strain (S39.012)",
            "excludes1 M54: psychogenic dorsalgia (F45.41)",
        ),
        related=("its_notes_name_it G89", "its_notes_name_it R52", "sibling M54.59"),
        leads=("*: M54.51",),
        never_leads="M54.59",
        split="2021-10-01 M54.5",
    ),
    Hard(
        code="M80.08XA",
        chapter=13,
        title="Age-related osteoporosis with current pathological fracture, vertebra(e), initial encounter "
        "for fracture",
        notes=(
            "inclusion_term M80.0: Senile osteoporosis with current pathological fracture",
            "includes M80: osteoporosis with current fragility fracture",
            "use_additional_code M80: code to identify major osseous defect, if applicable (M89.7-)",
            "excludes1 M80: collapsed vertebra NOS (M48.5)",
            "excludes2 M80: personal history of (healed) osteoporosis fracture (Z87.310)",
        ),
        related=("parent M80.08", "named_in_its_notes M48.5"),
        sevenths="A D G K P S",
        settled="encounter site",
        is_specific=True,
    ),
    Hard(
        code="M86.8X1",  # becomes a heading whose codes have seven characters
        chapter=13,
        title="Other osteomyelitis, shoulder",
        fy2027="heading",
        billable="2015-10-01/2026-09-30",
        notes=("inclusion_term M86.8: Brodie's abscess",),
        replaced="2026-10-01 M86.8X11 M86.8X12 M86.8X19",
    ),
    # 14 Genitourinary system
    Hard(
        code="N18.3",
        chapter=14,
        title="Chronic kidney disease, stage 3 (moderate)",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2020-09-30",
        below="N18.30 N18.31 N18.32",
        leads=("stage: N18.31 N18.32",),
        replaced="2020-10-01 N18.30 N18.31 N18.32",
    ),
    Hard(
        code="N18.30",
        chapter=14,
        title="Chronic kidney disease, stage 3 unspecified",
        billable="2020-10-01/",
        notes=(
            "code_first N18: hypertensive chronic kidney disease (I12.-, I13.-)",
            "use_additional_code N18: kidney transplant status (Z94.0)",
            "excludes2 N17-N19: hepatorenal syndrome (K76.7)",
        ),
        no_notes="excludes1",
        related=("named_in_its_notes E11.22", "named_in_its_notes I12", "more_specific N18.32"),
        leads=("stage: N18.31 N18.32",),
        never_leads="N18.1 N18.4 N18.6 N18.9",
        split="2020-10-01 N18.3",
    ),
    # 15 Pregnancy
    Hard(
        code="O09",
        chapter=15,
        title="Supervision of high risk pregnancy",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="",
        below="O09.0 O09.1 O09.A O09.2 O09.3 O09.4 O09.5 O09.6 O09.7 O09.8 O09.9",
        leads=("trimester:",),
    ),
    Hard(
        code="O09.90",
        chapter=15,
        title="Supervision of high risk pregnancy, unspecified, unspecified trimester",
        notes=(
            "note 15: 1st trimester- less than 14 weeks 0 days",
            "use_additional_code 15: code, if applicable, from category Z3A, Weeks of gestation, to identify "
            "the specific week of the pregnancy, if known.",
            "excludes1 15: supervision of normal pregnancy (Z34.-)",
        ),
        related=("named_in_its_notes Z3A", "named_in_its_notes Z34", "named_in_its_notes A34"),
        leads=("trimester: O09.91 O09.92 O09.93", "*: O09.00"),
        never_leads="O09.891 O09.01",
    ),
    Hard(
        code="O23.40",  # the urinary tract is part of the genitourinary tract
        chapter=15,
        title="Unspecified infection of urinary tract in pregnancy, unspecified trimester",
        leads=("trimester: O23.41 O23.42 O23.43",),
        never_leads="O23.90 O23.91 O23.511",
        unrelated=("more_specific O23.90",),
    ),
    Hard(
        code="O30.041",  # no table of 7th characters governs category O30
        chapter=15,
        title="Twin pregnancy, dichorionic/diamniotic, first trimester",
        notes=(
            "inclusion_term O30.04: Twin pregnancy, two placentae, two amniotic sacs",
            "code_also O30: any complications specific to multiple gestation",
        ),
        no_notes="seventh_character",
        related=("sibling O30.042",),
        sevenths="",
        settled="trimester fetus",
        is_specific=True,
    ),
    Hard(
        code="O30.049",
        chapter=15,
        title="Twin pregnancy, dichorionic/diamniotic, unspecified trimester",
        sevenths="",
        leads=("trimester: O30.041 O30.042 O30.043",),
        never_leads="O30.031",
    ),
    Hard(
        code="O31.03X1",
        chapter=15,
        title="Papyraceous fetus, third trimester, fetus 1",
        notes=(
            "inclusion_term O31.0: Fetus compressus",
            "excludes2 O31: delayed delivery of second twin, triplet, etc. (O63.2)",
        ),
        sevenths="0 1 2 3 4 5 9",
        settled="trimester fetus",
        is_specific=True,
    ),
    Hard(
        code="O80",
        chapter=15,
        title="Encounter for full-term uncomplicated delivery",
        below="",
        notes=("use_additional_code O80: code to indicate outcome of delivery (Z37.0)",),
        related=("named_in_its_notes Z37.0", "named_in_its_notes Z34"),
        is_specific=True,
        sevenths="",
    ),
    # 16 Perinatal period
    Hard(
        code="P07.30",
        chapter=16,
        title="Preterm newborn, unspecified weeks of gestation",
        notes=(
            "inclusion_term P07.3: Prematurity NOS",
            "note P07: When both birth weight and gestational age of the newborn are available, both should "
            "be coded with birth weight sequenced before gestational age",
            "note 16: Codes from this chapter are for use on newborn records only, never on maternal records",
            "excludes2 16: tetanus neonatorum (A33)",
        ),
        no_notes="excludes1",
        related=("parent P07.3", "sibling P07.39"),
        leads=("*: P07.31 P07.32 P07.33 P07.34 P07.35 P07.36 P07.37 P07.38 P07.39",),
    ),
    Hard(
        code="P36.10",  # below "due to other and unspecified streptococci"
        chapter=16,
        title="Sepsis of newborn due to unspecified streptococci",
        notes=(
            "includes P36: congenital sepsis",
            "excludes2 P35-P39: congenital pneumonia (P23.-)",
        ),
        leads=("*: P36.0",),
        never_leads="P36.19 P36.2 P36.30 P36.4 P36.5",
    ),
    # 17 Congenital malformations
    Hard(
        code="Q21.10",
        chapter=17,
        title="Atrial septal defect, unspecified",
        billable="2022-10-01/",
        notes=(
            "excludes2 Q21.1: ostium primum atrial septal defect (type I) (Q21.20)",
            "excludes1 Q21: acquired cardiac septal defect (I51.0)",
        ),
        leads=("*: Q21.11",),
        never_leads="Q21.19",
        split="2022-10-01 Q21.1",
    ),
    Hard(
        code="Q90.9",
        chapter=17,
        title="Down syndrome, unspecified",
        notes=(
            "inclusion_term Q90.9: Trisomy 21 NOS",
            "code_also Q90: associated physical condition(s), such as atrioventricular septal defect "
            "(Q21.2-)",
            "use_additional_code Q90: code(s) to identify any associated degree of intellectual disabilities "
            "(F70-F79)",
            "excludes2 Q90-Q99: mitochondrial metabolic disorders (E88.4-)",
        ),
        no_notes="excludes1 code_first",
        related=("named_in_its_notes Q21.2", "sibling Q90.0"),
        leads=("*: Q90.0 Q90.1 Q90.2",),
    ),
    Hard(
        code="QA0.0101",  # the only chapter whose codes begin with two letters, in a block of its own
        chapter=17,
        title="SCN2A-related neurodevelopmental disorder",
        billable="2025-10-01/",
        notes=(
            "code_also QA0: autism spectrum disorder (F84.0)",
            "note 17: Codes from this chapter are not for use on maternal records",
            "excludes2 17: inborn errors of metabolism (E70-E88)",
        ),
        no_notes="excludes1",
        related=("parent QA0.010", "sibling QA0.0109", "named_in_its_notes G93.45"),
        sevenths="",
        is_specific=True,
        split=NOTHING,
    ),
    # 18 Symptoms and signs
    Hard(
        code="R05",
        chapter=18,
        title="Cough",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2021-09-30",
        below="R05.1 R05.2 R05.3 R05.4 R05.8 R05.9",
        notes=("excludes1 R05: smoker's cough (J41.0)", "excludes2 R05: cough with hemorrhage (R04.2)"),
        never_leads="R05.9 R05.8",
        replaced="2021-10-01 R05.1 R05.2 R05.3 R05.4 R05.8 R05.9",
    ),
    Hard(
        code="R07.9",
        chapter=18,
        title="Chest pain, unspecified",
        notes=(
            "excludes1 R07: epidemic myalgia (B33.0)",
            "excludes2 R07: jaw pain R68.84",
            "excludes2 18: signs and symptoms classified in the body system chapters",
        ),
        related=("named_in_its_notes R68.84", "sibling R07.2"),
        leads=("*: R07.1",),
        never_leads="R07.0 R07.89",
    ),
    Hard(
        code="R10.2",
        chapter=18,
        title="Pelvic and perineal pain",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2025-09-30",
        below="R10.20 R10.21 R10.22 R10.23 R10.24",
        notes=("excludes1 R10.2: vulvodynia (N94.81)", "excludes1 R10: renal colic (N23)"),
        leads=("laterality: R10.21 R10.22 R10.23",),
        never_leads="R10.20",
        replaced="2025-10-01 R10.20 R10.21 R10.22 R10.23 R10.24",
    ),
    Hard(
        code="R40.2110",
        chapter=18,
        title="Coma scale, eyes open, never, unspecified time",
        notes=(
            "inclusion_term R40.211: Coma scale eye opening score of 1",
            "code_first R40.2: intracranial injury (S06.-)",
            "excludes1 R40: neonatal coma (P91.5)",
        ),
        sevenths="0 1 2 3 4",
        leads=("time: R40.2111 R40.2112 R40.2113 R40.2114",),
        never_leads="R40.2120",
    ),
    Hard(
        code="R51",
        chapter=18,
        title="Headache",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="2015-10-01/2020-09-30",
        below="R51.0 R51.9",
        leads=("*: R51.0",),
        replaced="2020-10-01 R51.0 R51.9",
    ),
    Hard(
        code="R51.9",
        chapter=18,
        title="Headache, unspecified",
        billable="2020-10-01/",
        notes=("excludes2 R51: migraine and other headache syndromes (G43-G44)",),
        related=(
            "its_notes_name_it G43",
            "its_notes_name_it G44",
            "its_notes_name_it G89",
            "its_notes_name_it R52",
            "named_in_its_notes G50.0",
        ),
        unrelated=("named_in_its_notes G43",),
        leads=("*: R51.0",),
        split="2020-10-01 R51",
    ),
    # 19 Injury, poisoning
    Hard(
        code="S06.1X7A",
        chapter=19,
        title="Traumatic cerebral edema with loss of consciousness of any duration with death due to brain "
        "injury prior to regaining consciousness, initial encounter",
        notes=(
            "inclusion_term S06.1: Diffuse traumatic cerebral edema",
            "includes S06: traumatic brain injury",
            "code_also S06: skull fracture (S02.-)",
            "excludes1 S06: head injury NOS (S09.90)",
            "note S06: 7th characters D and S do not apply to codes in category S06 with 6th character 7 - "
            "death due to brain injury prior to regaining consciousness, or 8 - death due to other cause "
            "prior to regaining consciousness.",
            "excludes2 S00-S09: frostbite (T33-T34)",
            "use_additional_code 19: code to identify any retained foreign body, if applicable (Z18.-)",
        ),
        related=("named_in_its_notes S09.90", "named_in_its_notes S02"),
        sevenths="A",
        is_specific=True,
    ),
    Hard(
        code="S06.1X7D",  # an encounter after death; was in the set for two years
        chapter=19,
        fy2026="retired",
        fy2027="retired",
        billable="2015-10-01/2017-09-30",
        notes=("excludes1 S06: head injury NOS (S09.90)",),
        replaced=NOTHING,
    ),
    Hard(
        code="S23.420A",
        chapter=19,
        title="Sprain of sternoclavicular (joint) (ligament), initial encounter",
        fy2027="retired",
        billable="2015-10-01/2026-09-30",
        notes=("excludes2 S23: dislocation, sprain of sternoclavicular joint (S43.2, S43.6)",),
        related=("named_in_its_notes S43.6",),
        sevenths="A D S",
        replaced=NOTHING,
    ),
    Hard(
        code="S72.001",
        chapter=19,
        title="Fracture of unspecified part of neck of right femur",
        fy2026="heading",
        fy2027="heading",
        needs="needs a 7th character",
        billable="",
        below=" ".join(f"S72.001{c}" for c in "ABCDEFGHJKMNPQRS"),
        sevenths="A B C D E F G H J K M N P Q R S",
        leads=("encounter: S72.001A S72.001D S72.001S",),
        settled="laterality",
    ),
    Hard(
        code="S72.001A",
        chapter=19,
        title="Fracture of unspecified part of neck of right femur, initial encounter for closed fracture",
        notes=(
            "inclusion_term S72.00: Fracture of hip NOS",
            "excludes2 S72.0: physeal fracture of upper end of femur (S79.0-)",
            "note S72: A fracture not indicated as open or closed should be coded to closed",
            "excludes1 S72: traumatic amputation of hip and thigh (S78.-)",
            "excludes2 S70-S79: frostbite (T33-T34)",
        ),
        related=("parent S72.001", "more_specific S72.031A", "named_in_its_notes S78"),
        unrelated=("more_specific S72.032A", "more_specific S72.031B"),
        sevenths="A B C D E F G H J K M N P Q R S",
        leads=("site: S72.011A S72.021A S72.031A S72.034A S72.041A",),
        never_leads="S72.012A S72.031D S72.002A S72.091A S72.051A",
        settled="laterality encounter",
    ),
    Hard(
        code="T07.XXXA",
        chapter=19,
        title="Unspecified multiple injuries, initial encounter",
        billable="2017-10-01/",
        notes=(
            "excludes1 T07: injury NOS (T14.90)",
            "excludes1 T07: sunburn (L55.-)",  # the block's, which has the category's name
        ),
        related=("parent T07", "sibling T07.XXXD", "named_in_its_notes T14.90"),
        sevenths="A D S",
        is_specific=True,
        split="2017-10-01 T07",
    ),
    Hard(
        code="T14.90XA",
        chapter=19,
        title="Injury, unspecified, initial encounter",
        billable="2017-10-01/",
        notes=("inclusion_term T14.90: Injury NOS", "excludes1 T14: multiple unspecified injuries (T07)"),
        sevenths="A D S",
        settled="encounter",
        split="2017-10-01 T14.90",
    ),
    Hard(
        code="T40.2X1A",
        chapter=19,
        title="Poisoning by other opioids, accidental (unintentional), initial encounter",
        notes=(
            "inclusion_term T40.2X1: Poisoning by other opioids NOS",
            "excludes2 T40: drug dependence and related mental and behavioral disorders due to psychoactive "
            "substance use (F10.-F19.-)",
            "code_first T36-T50: adverse effect NOS (T88.7)",
            "excludes1 T36-T50: toxic reaction to local anesthesia in pregnancy (O29.3-)",
        ),
        related=("named_in_its_notes T88.7", "named_in_its_notes O29.3"),
        sevenths="A D S",
        settled="intent encounter",
        is_specific=True,
    ),
    Hard(
        code="T52.8",
        chapter=19,
        title="Toxic effects of other organic solvents",
        fy2026="heading",
        fy2027="heading",
        needs="needs more characters",
        billable="",
        related=("child T52.8X",),
        sevenths="A D S",
    ),
    Hard(
        code="T52.811",  # a heading that only FY2027 has
        chapter=19,
        fy2026="not_yet_valid",
        fy2027="heading",
        billable="",
        notes=("excludes1 T52: halogen derivatives of aliphatic and aromatic hydrocarbons (T53.-)",),
    ),
    Hard(
        # The sixth character is the intent (T36-T65: 1 accidental … 4 undetermined); T52.8X was divided by
        # the solvent, not by the intent.
        code="T52.8X1A",
        chapter=19,
        title="Toxic effect of other organic solvents, accidental (unintentional), initial encounter",
        fy2027="retired",
        billable="2015-10-01/2026-09-30",
        notes=("inclusion_term T52.8X1: Toxic effects of other organic solvents NOS",),
        settled="intent encounter",
        replaced="2026-10-01 T52.811A T52.821A T52.891A",
    ),
    Hard(
        code="T52.811A",
        chapter=19,
        fy2026="not_yet_valid",
        billable="2026-10-01/",
        split="2026-10-01 T52.8X1A",
    ),
    Hard(
        code="T81.4XXA",
        chapter=19,
        fy2026="retired",
        fy2027="retired",
        billable="2015-10-01/2018-09-30",
        notes=(
            "inclusion_term T81.4: Wound abscess following a procedure",
            "excludes2 T81.4: postprocedural fever NOS (R50.82)",
            "use_additional_code T80-T88: code to identify devices involved and details of circumstances "
            "(Y62-Y82)",
        ),
        replaced="2018-10-01 T81.40XA T81.41XA T81.42XA T81.43XA T81.44XA T81.49XA",
    ),
    Hard(
        code="T81.40XA",
        chapter=19,
        title="Infection following a procedure, unspecified, initial encounter",
        billable="2018-10-01/",
        notes=(
            "code_also T81.4: , if applicable, disruption of internal operation (surgical) wound (T81.32-)",
        ),
        sevenths="A D S",
        leads=("*: T81.41XA T81.42XA T81.43XA",),
        never_leads="T81.49XA T81.41XD",
        settled="encounter",
        split="2018-10-01 T81.4XXA",
    ),
    # 20 External causes
    Hard(
        code="V43.52XA",
        chapter=20,
        title="Car driver injured in collision with other type car in traffic accident, initial encounter",
        notes=(
            "includes V40-V49: automobile (pulling a trailer or camper)",
            "excludes1 V40-V49: sport utility vehicle (SUV) (V50-V59)",
            # V00-V99 is printed over the blocks up to V98-V99.
            "use_additional_code V00-V99: Airbag injury (W22.1)",
            "excludes1 V00-V99: crashing of motor vehicle, undetermined intent (Y32)",
            "excludes2 V00-V99: transport accidents due to cataclysm (X34-X38)",
        ),
        related=("parent V43.52", "named_in_its_notes W22.1", "named_in_its_notes Y32"),
        unrelated=("named_in_its_notes V50",),
        sevenths="A D S",
        is_specific=True,
    ),
    Hard(
        code="W19",
        chapter=20,
        title="Unspecified fall",
        fy2026="heading",
        fy2027="heading",
        needs="needs a 7th character, after placeholder X",
        billable="",
        below="W19.XXXA W19.XXXD W19.XXXS",
        notes=(
            "inclusion_term W19: Accidental fall NOS",
            "excludes2 W00-W19: at risk for fall (history of fall) Z91.81",
        ),
        related=("named_in_its_notes Z91.81", "named_in_its_notes V80"),
        unrelated=("named_in_its_notes W28", "named_in_its_notes V01"),
        sevenths="A D S",
        leads=("encounter: W19.XXXA W19.XXXD W19.XXXS",),
    ),
    Hard(
        code="W21.89XA",
        chapter=20,
        title="Striking against or struck by other sports equipment, initial encounter",
        notes=(
            "excludes1 W21: assault with sports equipment (Y08.0-)",
            "excludes1 W20-W49: exposure to inanimate mechanical forces involving military or war operations "
            "(Y36.-, Y37.-)",
        ),
        no_notes="excludes2",
        related=("parent W21.89", "named_in_its_notes W18.01", "named_in_its_notes Y37"),
        unrelated=("named_in_its_notes X71",),
        sevenths="A D S",
        is_specific=True,
    ),
    Hard(
        code="Y92.009",
        chapter=20,
        title="Unspecified place in unspecified non-institutional (private) residence as the place of "
        "occurrence of the external cause",
        notes=(
            "inclusion_term Y92.009: Home (NOS) as the place of occurrence of the external cause",
            "excludes1 Y92.0: institutional place of residence (Y92.1-)",
            "inclusion_term Y92: Place of occurrence should be recorded only at the initial encounter for "
            "treatment",
            "note Y90-Y99: These categories may be used to provide supplementary information concerning "
            "causes of morbidity. They are not to be used for single-condition coding.",
        ),
        related=("sibling Y92.003", "named_in_its_notes Y92.1"),
        leads=("*: Y92.000 Y92.001 Y92.002 Y92.003 Y92.007", "*: Y92.019"),
        never_leads="Y92.008 Y92.010",
        sevenths="",
    ),
    # 21 Factors influencing health status
    Hard(
        code="Z3A.38",
        chapter=21,
        title="38 weeks gestation of pregnancy",
        notes=(
            "note Z3A: Codes from category Z3A are for use, only on the maternal record, to indicate the "
            "weeks of gestation of the pregnancy, if known.",
            "code_first Z3A: obstetric condition or encounter for delivery (O09-O60, O80-O82, O94-O9A)",
        ),
        no_notes="excludes1 excludes2",
        related=("parent Z3A.3", "its_notes_name_it 15"),
        is_specific=True,
    ),
    Hard(
        code="Z38.00",
        chapter=21,
        title="Single liveborn infant, delivered vaginally",
        notes=(
            "inclusion_term Z38: This category is for use as the principal code on the initial record of a "
            "newborn baby. It is to be used for the initial birth record only. It is not to be used on the "
            "mother's record.",
        ),
        is_specific=True,
    ),
    Hard(
        code="Z68.1",
        chapter=21,
        title="Body mass index [BMI] 19.9 or less, adult",
        fy2027="heading",
        billable="2015-10-01/2026-09-30",
        notes=("note Z68: BMI adult codes are for use for persons 20 years of age or older",),
        replaced="2026-10-01 Z68.18 Z68.19",
    ),
    Hard(
        code="Z85.3",
        chapter=21,
        title="Personal history of malignant neoplasm of breast",
        notes=(
            "inclusion_term Z85.3: Conditions classifiable to C50.-",
            "code_first Z85: any follow-up examination after treatment of malignant neoplasm (Z08)",
            "excludes2 Z85: personal history of benign neoplasm (Z86.01-)",
            "code_also Z77-Z99: any follow-up examination (Z08-Z09)",
        ),
        no_notes="excludes1",
        related=("named_in_its_notes C50", "named_in_its_notes Z86.01"),
        is_specific=True,
    ),
    # 22 Special purposes
    Hard(
        code="U07.1",
        chapter=22,
        title="COVID-19",
        billable="2020-04-01/",
        notes=(
            "use_additional_code U07.1: pneumonia due to COVID-19 (J12.82)",
            "excludes2 U07.1: coronavirus as the cause of diseases classified elsewhere (B97.2-)",
        ),
        no_notes="excludes1 code_first",
        related=(
            "parent U07",
            "sibling U07.0",
            "named_in_its_notes D65",
            "its_notes_name_it B34.2",
            "its_notes_name_it J12.82",
            "its_notes_name_it M35.81",
        ),
        is_specific=True,
        split=NOTHING,
    ),
    Hard(
        code="U09.9",
        chapter=22,
        title="Post COVID-19 condition, unspecified",
        billable="2021-10-01/",
        notes=(
            "inclusion_term U09.9: Post-acute sequela of COVID-19",
            "code_first U09.9: loss of smell (R43.8)",
        ),
        related=("named_in_its_notes R43.8",),
        split=NOTHING,
    ),
)

#: Shaped like codes, and never in the set: a 7th character without a table or without its placeholder.
NO_CODES = ("O30.0410", "W21.89A", "M1A.0090", "H40.113A", "T07.A", "G31.90")


def having(column: str) -> pytest.MarkDecorator:
    """The codes for which a column is filled in."""
    filled = [hard for hard in HARD if getattr(hard, column) not in (None, (), False)]
    return pytest.mark.parametrize("hard", filled, ids=lambda hard: hard.code)


def words_of(column: str) -> pytest.MarkDecorator:
    """The codes for which a column of words is not empty."""
    return pytest.mark.parametrize(
        "hard", [hard for hard in HARD if getattr(hard, column)], ids=lambda hard: hard.code
    )


def full_of(catalog: Catalog, code: str, on: date = IN_FY2026) -> FullCard:
    full = build_full_card(catalog, Code(code), on)
    assert full is not None
    return full


def card_of(catalog: Catalog, code: str, on: date = IN_FY2026) -> CodeCard:
    return full_of(catalog, code, on).card


def led_to(axes: Iterator[OpenAxis] | tuple[OpenAxis, ...]) -> set[str]:
    choices = [choice for axis in axes for choice in axis.choices]
    return {code.text for choice in choices for code in (choice.code, *choice.codes)}


def test_the_table_covers_every_chapter() -> None:
    assert {hard.chapter for hard in HARD} == set(range(1, 23))
    assert len({hard.code for hard in HARD}) == len(HARD) >= 60


@having("chapter")
def test_chapter_and_title(catalog: Catalog, hard: Hard) -> None:
    for on in (IN_FY2026, IN_FY2027):
        card = card_of(catalog, hard.code, on)
        assert card.title == hard.title
        assert (card.path[0].level, card.path[0].name) == (Level.CHAPTER, str(hard.chapter))


@having("chapter")
def test_standing_on_either_date(catalog: Catalog, hard: Hard) -> None:
    for on, standing in ((IN_FY2026, hard.fy2026), (IN_FY2027, hard.fy2027)):
        card = card_of(catalog, hard.code, on)
        assert (card.standing, card.billable) == (Standing(standing), standing == "billable")


@having("needs")
def test_characters_that_a_heading_needs(catalog: Catalog, hard: Hard) -> None:
    reason = card_of(catalog, hard.code).reason.text
    assert hard.needs
    assert hard.needs in reason
    assert ("placeholder X" in reason) is ("placeholder X" in hard.needs)


@having("billable")
def test_billable_since_and_until(catalog: Catalog, hard: Hard) -> None:
    card = card_of(catalog, hard.code)
    found = [f"{period.first}/{period.through or ''}" for period in card.periods]
    assert found == ([hard.billable] if hard.billable else [])
    first, _, through = (hard.billable or "/").partition("/")
    assert (str(card.billable_from or ""), str(card.billable_through or "")) == (first, through)


@having("below")
def test_codes_below(catalog: Catalog, hard: Hard) -> None:
    assert hard.below is not None
    assert [child.code.text for child in card_of(catalog, hard.code).children] == hard.below.split()


@having("notes")
def test_notes_with_the_level_that_they_are_printed_at(catalog: Catalog, hard: Hard) -> None:
    card = card_of(catalog, hard.code)
    found = {f"{note.kind} {note.at.name}: {note.text}": note.inherited for note in card.notes}
    for note in hard.notes:
        assert note in found
        assert found[note] is (not note.split(" ", 1)[1].startswith(f"{hard.code}: "))


@words_of("no_notes")
def test_kinds_of_notes_that_there_are_not(catalog: Catalog, hard: Hard) -> None:
    kinds = {note.kind.value for note in card_of(catalog, hard.code).notes}
    assert kinds.isdisjoint(hard.no_notes.split())


@pytest.mark.parametrize("hard", [h for h in HARD if h.related or h.unrelated], ids=lambda hard: hard.code)
def test_related_codes(catalog: Catalog, hard: Hard) -> None:
    found = {f"{code.relation} {code.name}" for code in full_of(catalog, hard.code, in_use(hard)).related}
    assert set(hard.related) - found == set()
    assert found.isdisjoint(hard.unrelated)
    assert {relation.split()[0] for relation in (*hard.related, *hard.unrelated)} <= set(Relation)


def in_use(hard: Hard) -> date:
    """The first of the two dates on which the code is in the set."""
    return IN_FY2027 if hard.fy2026 == "not_yet_valid" else IN_FY2026


@having("sevenths")
def test_seventh_characters(catalog: Catalog, hard: Hard) -> None:
    found = card_of(catalog, hard.code).seventh_characters
    assert hard.sevenths is not None
    assert [option.character for option in found] == hard.sevenths.split()
    if Code(hard.code).is_complete:
        assert [str(option.code) for option in found] == [f"{hard.code[:-1]}{o.character}" for o in found]


@having("leads")
def test_what_the_title_leaves_open(catalog: Catalog, hard: Hard) -> None:
    axes = full_of(catalog, hard.code).documentation.open_axes
    for lead in hard.leads:
        name, _, codes = lead.partition(":")
        is_open = tuple(axis for axis in axes if name in ("*", axis.axis))
        assert is_open, name
        assert set(codes.split()) - led_to(is_open) == set()


@words_of("never_leads")
def test_codes_that_say_something_else_are_not_led_to(catalog: Catalog, hard: Hard) -> None:
    assert led_to(full_of(catalog, hard.code).documentation.open_axes).isdisjoint(hard.never_leads.split())


@words_of("settled")
def test_what_the_title_says_is_not_open(catalog: Catalog, hard: Hard) -> None:
    is_open = {axis.axis.value for axis in full_of(catalog, hard.code).documentation.open_axes}
    assert is_open.isdisjoint(hard.settled.split())


@words_of("is_specific")
def test_a_specific_title_leaves_nothing_open(catalog: Catalog, hard: Hard) -> None:
    full = full_of(catalog, hard.code)
    assert full.documentation.open_axes == ()
    assert [code.name for code in full.related if code.relation is Relation.MORE_SPECIFIC] == []


@having("replaced")
def test_what_replaced_it(catalog: Catalog, hard: Hard) -> None:
    change = full_of(catalog, hard.code, IN_FY2027).succession
    found = [str(change.replaced_on or ""), *(other.code.text for other in change.replaced_by)]
    assert " ".join(found) == hard.replaced


@having("split")
def test_what_it_was_split_from(catalog: Catalog, hard: Hard) -> None:
    change = full_of(catalog, hard.code, IN_FY2027).succession
    found = [str(change.split_on or ""), *(other.code.text for other in change.split_from)]
    assert " ".join(found) == hard.split


@pytest.mark.parametrize("text", NO_CODES)
def test_what_was_never_in_the_set_has_no_card(catalog: Catalog, text: str) -> None:
    assert build_full_card(catalog, Code(text), IN_FY2026) is None
    assert build_full_card(catalog, Code(text), IN_FY2027) is None
