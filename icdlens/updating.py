"""``icdlens update`` from the official sites: find, fetch, and install as from files; CDC first, then CMS."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from core.errors import IcdlensError
from core.snapshot import DATA_DIR_VARIABLE, SnapshotError
from icdlens.downloading import Arrived, Downloader, downloader
from icdlens.official_sites import PINNED, SITES, Published, Site
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
                if fetch:
                    _from_site(data, folder, site, fetch, wanted, model)
                else:
                    with downloader() as made:
                        _from_site(data, folder, site, made, wanted, model)
                return
            except SnapshotError:
                raise  # the disk is full: another site is no help
            except IcdlensError as error:
                if number == len(sites):
                    raise
                click.echo(f"icdlens: {error} Trying {sites[number].name}.", err=True)


def _from_site(
    data: Path, folder: Path, site: Site, fetch: Downloader, wanted: Wanted, model: Model | None
) -> None:
    published = site.find(fetch.page, wanted.release)
    if wanted.check:
        click.echo(f"{site.name} has {published.release.name}; it would be fetched from:")
        for url in published.zips.values():
            click.echo(f"  {url}")
        return
    if not wanted.force and is_complete(data, published.release):
        if not wanted.quiet:
            click.echo(f"{published.release.name} is installed already; --force fetches it again.")
        return
    inside = folder / site.name.lower() / published.release.effective.isoformat()
    inside.mkdir(parents=True, exist_ok=True)
    paths = list(_fetched(published, inside, fetch, quiet=wanted.quiet))
    try:
        update_from(data, paths, wanted.of(published.release), model)
    finally:
        # What is whole but wrong must be fetched anew; what is installed is kept with the release.
        shutil.rmtree(inside, ignore_errors=True)


def _fetched(published: Published, folder: Path, fetch: Downloader, *, quiet: bool) -> Iterator[Path]:
    for kind, url in published.zips.items():
        with _bar(f"Fetching the {kind}", quiet=quiet) as arrived:
            path = fetch.file(url, folder, PINNED.get(url.rpartition("/")[2]), arrived)
        yield path


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
