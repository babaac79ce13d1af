"""Take the pictures that the READMEs show over from the last ``make test-workbench``, made small."""

from PIL import Image

from tests.e2e.workbench import PICTURES, ROOT

CHOSEN = ("completion", "hover", "quick-fix", "search", "tree")
_COLOURS = 256


def choose_pictures() -> None:
    folder = ROOT / "lsp_server" / "vscode" / "pictures"
    folder.mkdir(exist_ok=True)
    for name in CHOSEN:
        with Image.open(PICTURES / f"{name}.png") as picture:
            small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
            small.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    choose_pictures()
