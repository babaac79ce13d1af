"""A picture of what the window showed when a test failed."""

from collections.abc import Generator

import pytest

from tests.e2e.workbench import Workbench


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    window = getattr(item, "funcargs", {}).get("window")
    if report.failed and call.when == "call" and isinstance(window, Workbench):
        window.picture(f"failed-{item.name}")
    return report
