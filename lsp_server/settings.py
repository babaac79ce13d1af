"""Where settings come from, and which of them hold for a document.

The defaults are under ``[tool.icdlens]`` of a workspace folder's ``pyproject.toml``, which is under the
folder's ``.icdlens.toml``, which is under what the editor says. All of them may change during a session.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pygls.uris import to_fs_path

from lsp_server.configuration import Configuration, Layer, configuration, read_client_layer, read_layer
from lsp_server.settings_files import FILES, read_files

_EDITOR = "the editor's settings"


@dataclass(frozen=True, slots=True)
class _Folder:
    """A workspace folder: its files' settings, and what says whether the files are still the same."""

    path: Path | None
    files: Layer
    stamp: tuple[object, ...]


class Settings:
    """The settings of a session. Calls of ``changed`` follow every change of a configuration."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """``say`` shows a sentence to the user; what is wrong with settings is said once."""
        self._say = say
        self._said: set[str] = set()
        self._folders: dict[str, _Folder] = {}
        self._initial = Layer()
        self._sent: Layer | None = None
        self._answered: Layer | None = None
        self._answered_at: Mapping[str, Layer] = {}
        self._known: dict[str | None, Configuration] = {}
        self.changed: list[Callable[[], None]] = []

    @property
    def folders(self) -> tuple[str, ...]:
        """The URIs of the workspace's folders."""
        return tuple(self._folders)

    def at(self, uri: str | None) -> Configuration:
        """What holds for a document; ``None`` asks for what is bound to none."""
        folder = self._folder_of(uri)
        if folder not in self._known:
            files = self._folders[folder].files if folder else Layer()
            client = self._answered_at.get(folder) if folder else None
            self._known[folder] = configuration(files, client or self._client)
        return self._known[folder]

    def follow_folders(self, added: Iterable[str], removed: Iterable[str] = ()) -> None:
        """Take in the folders of the workspace, or a change of them."""
        for uri in removed:
            self._folders.pop(uri, None)
        for uri in added:
            self._folders[uri] = _read_folder(uri)
        self._renew()

    def follow_files(self) -> None:
        """Read the folders' files again where they are no longer the same."""
        fresh = {
            uri: folder if _stamp(folder.path) == folder.stamp else _read_folder(uri)
            for uri, folder in self._folders.items()
        }
        if fresh != self._folders:
            self._folders = fresh
            self._renew()

    def begin(self, settings: object) -> None:
        """Take what the editor says at the start, which counts until it says something else."""
        self._initial = read_client_layer(settings, _EDITOR) or Layer()
        self._renew()

    def follow_client(self, settings: object) -> None:
        """Take settings that the editor sends by itself. They replace what it said before.

        Where none of them is ours, what it answered when it was asked still holds.
        """
        self._sent = read_client_layer(settings, _EDITOR)
        if self._sent is not None:
            self._answered, self._answered_at = None, {}
        self._renew()

    def follow_answers(self, own: object, by_folder: Mapping[str, object]) -> None:
        """Take the editor's answers to what it has under ``icdlens``, in all and for each folder.

        ``null`` says nothing: what it sent by itself holds, else what it said at the start.
        """
        self._answered = read_layer(own, _EDITOR) if own is not None else None
        self._answered_at = {
            uri: read_layer(answer, _EDITOR) for uri, answer in by_folder.items() if answer is not None
        }
        self._renew()

    @property
    def _client(self) -> Layer:
        return self._answered or self._sent or self._initial

    def _renew(self) -> None:
        self._known.clear()
        layers = [self._client, *self._answered_at.values(), *(f.files for f in self._folders.values())]
        problems = dict.fromkeys(problem for layer in layers for problem in layer.problems)
        if new := [problem for problem in problems if problem not in self._said]:
            self._said.update(new)
            self._say(" ".join(new))
        for listener in self.changed:
            listener()

    def _folder_of(self, uri: str | None) -> str | None:
        """The folder that a document is in; one that is in none belongs to the only one there is."""
        if uri is not None:
            path = unquote(uri)
            inside = [f for f in self._folders if path.startswith(unquote(f).rstrip("/") + "/")]
            if inside:
                return max(inside, key=len)
        return next(iter(self._folders)) if len(self._folders) == 1 else None


def _read_folder(uri: str) -> _Folder:
    path = Path(found) if uri.startswith("file:") and (found := to_fs_path(uri)) else None
    return _Folder(path, read_files(path) if path else Layer(), _stamp(path))


def _stamp(path: Path | None) -> tuple[object, ...]:
    """What changes when a folder's files do."""
    return tuple(_file_stamp(path / name) for name in FILES) if path else ()


def _file_stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
