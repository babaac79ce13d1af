"""Lines that fit the terminal."""

from icdlens.terminal import fitted

LINE = "    carpal  see Fracture, carpal bone → Fracture, traumatic, carpal bone C50.9-"


def test_a_line_that_fits_stays_as_it_is() -> None:
    assert fitted(LINE, len(LINE)) == LINE


def test_a_long_line_goes_on_below_itself() -> None:
    assert fitted(LINE, 40).splitlines() == [
        "    carpal  see Fracture, carpal bone →",
        "        Fracture, traumatic, carpal bone",
        "        C50.9-",
    ]
