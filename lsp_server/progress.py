"""The progress of compiling, as the editor shows it."""

import asyncio

from lsprotocol import types

from lsp_server.building import Step
from lsp_server.session import CodeServer

_TOKEN = "icdlens-compiling"
#: Where the bar stands when a stage begins; roughly the shares of their time.
_BEGINS = {
    "Reading the Tabular List": 0,
    "Writing the catalogue": 15,
    "Indexing": 25,
    "Reading the index": 80,
    "Writing completions": 90,
}
_STAGES = (*_BEGINS.values(), 100)


def percentage(step: Step) -> int | None:
    """How far the whole is; ``None`` in a stage that is not known here."""
    if step.stage not in _BEGINS:
        return None
    begins = _BEGINS[step.stage]
    ends = min(end for end in _STAGES if end > begins)
    return begins + (ends - begins) * min(step.done, step.total) // max(step.total, 1)


class CompilingProgress:
    """Shows how far the compiler is, where the client shows progress and does not refuse to."""

    def __init__(self, server: CodeServer) -> None:
        self._server = server
        self._shown = -1
        self._beginning = asyncio.create_task(self._begin()) if server.client.progress else None

    def step(self, step: Step) -> None:
        """Show a step where it is a visible one."""
        found = percentage(step)
        if found is None or found <= self._shown or not self._has_begun():
            return
        self._shown = found
        report = types.WorkDoneProgressReport(message=step.stage, percentage=found)
        self._server.work_done_progress.report(_TOKEN, report)

    def end(self) -> None:
        # A client may refuse the progress, or still be thinking about it.
        if self._beginning and not self._beginning.cancel() and self._beginning.exception() is None:
            self._server.work_done_progress.end(_TOKEN, types.WorkDoneProgressEnd())

    def _has_begun(self) -> bool:
        task = self._beginning
        return bool(task and task.done() and not task.cancelled() and task.exception() is None)

    async def _begin(self) -> None:
        await self._server.work_done_progress.create_async(_TOKEN)
        begin = types.WorkDoneProgressBegin(
            title="icdlens", message="Compiling the classification", percentage=0
        )
        self._server.work_done_progress.begin(_TOKEN, begin)
