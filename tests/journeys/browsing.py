"""How a person goes through pages: whoever presses a key sees the page and where the focus is."""

from collections.abc import Iterator
from contextlib import contextmanager

# The focus goes to a page's first field when the page is drawn, which may be after it was loaded.
DRAWN = "new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)))"


def seen(page) -> None:
    """Wait until the page has been drawn, and its first field has the focus."""
    page.evaluate(DRAWN)


def visit(page, address: str) -> None:
    """Open an address, and see the page."""
    page.goto(address)
    seen(page)


@contextmanager
def arriving(page, **where: str) -> Iterator[None]:
    """Around what leads to another page: be there, and see it."""
    with page.expect_navigation(**where):
        yield
    seen(page)


def follow(page, selector: str) -> None:
    """Click what leads to another page, and be there: all of it stands."""
    with arriving(page):
        page.click(selector)
