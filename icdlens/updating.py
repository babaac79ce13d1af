"""``icdlens update`` from the official sites: find, fetch, and install as from files; CDC first, then CMS."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from core.errors import IcdlensError
from core.installed import releases_known
from core.snapshot import DATA_DIR_VARIABLE, SnapshotError
from core.sources import SourceError
from core.supplement_files import SupplementKind, is_loaded, load
from core.supplements import LoadedFiles
from icdlens.downloading import Arrived, Downloader, SiteError, downloader
from icdlens.official_sites import PINNED, SITES, Published, Site, find_gems
from icdlens.opening import build_library
from icdlens.releasing import Wanted, is_complete, update_from
from index.models import Model

_FOLDER = "downloads"


def update_online(
    data: Path, wanted: Wanted, source: str | None, model: Model | None, fetch: Downloader | None = None
) -> None:
    """Install a release from the first site that gives all of it.

    Raises what the last site failed with; what was installed before then still is.
    """
    sites = [SITES[source]] if source else list(SITES.values())
    with _downloads(data) as folder:
        for number, site in enumerate(sites, start=1):
            try:
                with nullcontext(fetch) if fetch else downloader() as fetch_from:
                    _from_site(data, folder, site, fetch_from, wanted, model, asks_cms=source != "cdc")
                return
            except SnapshotError:
                raise  # the disk is full: another site is no help
            except IcdlensError as error:
                if number == len(sites):
                    raise
                click.echo(f"icdlens: {error} Trying {sites[number].name}.", err=True)


def _from_site(
    data: Path,
    folder: Path,
    site: Site,
    fetch: Downloader,
    wanted: Wanted,
    model: Model | None,
    *,
    asks_cms: bool,
) -> None:
    published = site.find(fetch.page, wanted.release)
    release = published.release
    is_there = not wanted.force and is_complete(data, release)
    zips = {} if is_there else published.zips
    beside = _wanted_beside(data, published, is_there=is_there)
    if asks_cms and not is_loaded(LoadedFiles(data), SupplementKind.GEM):
        beside |= _gems(fetch)
    if is_there and not wanted.quiet:
        click.echo(f"{release.name} is installed already; --force fetches it again.")
    if not (zips or beside):
        return
    if wanted.check:
        click.echo(f"{site.name} has {release.name}; it would be fetched from:")
        for url in (*zips.values(), *beside.values()):
            click.echo(f"  {url}")
        return
    inside = folder / site.name.lower() / release.effective.isoformat()
    inside.mkdir(parents=True, exist_ok=True)
    paths = [_fetched(kind, url, inside, fetch, quiet=wanted.quiet) for kind, url in zips.items()]
    try:
        has_loaded = _load_beside(data, beside, inside / "beside", fetch, quiet=wanted.quiet)
        if paths:
            update_from(data, paths, wanted.of(release), model)
        if has_loaded:
            build_library(data, model=model, quiet=wanted.quiet)  # the others are compiled with them, too
    finally:
        # What is whole but wrong must be fetched anew; what is installed is kept with the release.
        shutil.rmtree(inside, ignore_errors=True)


def _wanted_beside(data: Path, published: Published, *, is_there: bool) -> dict[SupplementKind, str]:
    """What belongs to no release and is not loaded, or comes in a newer edition with the newest release."""
    loaded = LoadedFiles(data)
    newer = not is_there and all(known <= published.release for known in releases_known(data))
    return {kind: url for kind, url in published.beside.items() if newer or not is_loaded(loaded, kind)}


def _gems(fetch: Downloader) -> dict[SupplementKind, str]:
    """CMS alone keeps the zip of the GEMs."""
    try:
        found = find_gems(fetch.page)
    except SiteError as error:
        _say_without(SupplementKind.GEM, error)
        return {}
    return {SupplementKind.GEM: found} if found else {}


def _load_beside(
    data: Path, beside: Mapping[SupplementKind, str], folder: Path, fetch: Downloader, *, quiet: bool
) -> bool:
    """Fetch and load what belongs to no release. A file that fails is told, and spoils nothing else."""
    folder.mkdir(exist_ok=True)
    done = 0
    for kind, url in beside.items():
        try:
            path = _fetched(kind, url, folder, fetch, quiet=quiet)
            load(LoadedFiles(data), kind, path)
        except (SiteError, SourceError) as error:
            _say_without(kind, error)
            continue
        done += 1
        if not quiet:
            click.echo(f"{kind}: loaded from {path.name}")
    return done > 0


def _say_without(kind: SupplementKind, error: IcdlensError) -> None:
    click.echo(f"icdlens: {error} The {kind} can be loaded later; see docs/releases.md.", err=True)


def _fetched(kind: str, url: str, folder: Path, fetch: Downloader, *, quiet: bool) -> Path:
    with _bar(f"Fetching the {kind}", quiet=quiet) as arrived:
        return fetch.file(url, folder, PINNED.get(url.rpartition("/")[2]), arrived)


@contextmanager
def _downloads(data: Path) -> Iterator[Path]:
    """Where downloads are kept until the release is in place; one process at a time."""
    from filelock import FileLock, Timeout

    folder = data / _FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / "downloads.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            click.echo("Another icdlens is downloading already; waiting for that one.", err=True)
            lock.acquire()
        try:
            yield folder
        finally:
            lock.release()
    except OSError as error:
        raise SnapshotError(
            f"What is downloaded could not be written to {folder} ({error.strerror or error}). Mend that, or "
            f"name another folder in {DATA_DIR_VARIABLE}; what is installed is unchanged."
        ) from error


@contextmanager
def _bar(label: str, *, quiet: bool) -> Iterator[Arrived]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    is_shown = console.is_terminal and not quiet
    with Progress(*columns, console=console, transient=True, disable=not is_shown) as bar:
        task = bar.add_task(label, total=None)

        def arrived(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield arrived
