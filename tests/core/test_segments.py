"""Places in a segment of HL7 v2, beside plain splitting."""

import random

import pytest

from core.recogniser.segments import Segment


@pytest.mark.parametrize("name", ["DG1", "MSH"])
def test_places_are_those_of_splitting(name: str) -> None:
    chance = random.Random(7)
    line = f"{name}|" + "".join(chance.choice(["A", "BC", "|", "^", "~", "^", ""]) for _ in range(400))
    text = f"PID|1\r{line}\rOBX|2"
    first = text.index(line)
    segment = Segment.in_line(text, first, first + len(line))
    assert segment is not None
    assert segment.name == name
    place = first
    fields = line.split("|")
    for field, content in enumerate(fields):
        for repetition in content.split("~"):
            components = repetition.split("^")
            for index, component in enumerate(components):
                if component:
                    assert segment.field(place) == field + (name == "MSH")
                    assert segment.component(place) == index
                    assert segment.bounds(place) == (place, place + len(component))
                    assert segment.field_before(place) == (fields[field - 1] if field else "")
                    named = segment.bounds(place, behind=2)
                    assert (text[slice(*named)] if named else "") == "".join(
                        components[index + 2 : index + 3]
                    )
                place += len(component) + 1


def test_other_lines_are_none() -> None:
    for line in ("I10|E11.9", "dg1|1", "Diagnosis|E11.9", "| E11.9 |", ""):
        assert Segment.in_line(line, 0, len(line)) is None
