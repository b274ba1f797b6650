"""Every address wears a door, and the table of posts and rights is what the documents say."""

import ast

from django.urls import URLPattern, URLResolver, get_resolver

from access import doors
from access.doors import Door
from access.states import COUNTER_POSTS, MENU, PERMS_OF_POST, Perm, Post
from tests.house import papers
from tests.house.source import ROOT, functions

PORTALS = {"employer": "portal/employer/", "member": "portal/member/"}
OPEN_TO_ALL = {"livez", "readyz", "api_schema", "api_docs", "access:sign_in"} | {
    "accounts:registration_apply",
    "accounts:registration_done",
    "accounts:registration_state",
}


def addresses(resolver=None, path="", names=()):
    for entry in (resolver or get_resolver()).url_patterns:
        at = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, at, (*names, *([entry.namespace] if entry.namespace else [])))
        elif isinstance(entry, URLPattern):
            yield at, ":".join((*names, entry.name or "?")), entry.callback


def test_every_address_wears_a_door():
    bare = [at for at, _name, view in addresses() if not isinstance(getattr(view, "door", None), Door)]
    assert bare == []


def test_an_address_without_a_door_would_be_found():
    def bare(request):
        return None

    resolver = type("Resolver", (), {"url_patterns": [URLPattern(get_resolver().pattern, bare)]})()
    assert [view for _at, _name, view in addresses(resolver) if not hasattr(view, "door")] == [bare]


def test_only_the_listed_addresses_are_open_to_strangers():
    found = {name for _at, name, view in addresses() if view.door.kind in ("public", "probe")}
    assert found == OPEN_TO_ALL


def test_addresses_lie_where_their_door_belongs():
    strays = []
    for at, _name, view in addresses():
        kind = view.door.kind
        wanted = {"counter": "counter/", "api": "api/v1/", **PORTALS}.get(kind, "")
        if not at.startswith(wanted):
            strays.append(f"{at} is a door of kind {kind}")
    assert strays == []


def test_a_name_means_one_page():
    """A page may have two addresses (with and without a number), never two pages one name."""
    views: dict[str, set[object]] = {}
    for _at, name, view in addresses():
        views.setdefault(name, set()).add(view)
    assert [name for name, found in views.items() if name.endswith("?") or len(found) > 1] == []


def test_view_and_address_share_their_name():
    differing = [
        f"{name} -> {getattr(view, 'cls', view).__name__}"
        for _at, name, view in addresses()
        if ":" in name and name.rsplit(":", 1)[1] != getattr(view, "cls", view).__name__
    ]
    assert differing == []


def test_every_post_has_its_rights_and_every_right_a_post():
    assert set(PERMS_OF_POST) == set(Post)
    assert {perm for perms in PERMS_OF_POST.values() for perm in perms} == set(Perm)


def test_counter_rights_and_portal_rights_do_not_mix():
    """A handler, a member or a machine holds no right of the counter, and nobody at the counter holds theirs."""
    counter = {perm for post in COUNTER_POSTS for perm in PERMS_OF_POST[post]}
    outside = {perm for post in (Post.HANDLER, Post.MEMBER, Post.BANK) for perm in PERMS_OF_POST[post]}
    assert counter & outside == set()


def test_the_menu_leads_only_where_the_same_right_is_asked():
    doors = {name: view.door for _at, name, view in addresses()}
    wrong = [
        entry.name
        for entries in MENU.values()
        for entry in entries
        if entry.name in doors and doors[entry.name].perm != entry.perm
    ]
    assert wrong == []


def worn_by(view):
    """Every door a view wears, the outer ones first."""
    while view is not None:
        if "door" in vars(view):
            yield view.door
        view = getattr(view, "__wrapped__", None)


def export_without_the_rights_of_its_page(pages, at, view):
    """What an address that gives out a file lacks of the page above it; nothing when it is as narrow as its page."""
    above = at.removesuffix("export/")
    while above and above not in pages:
        above = above.rstrip("/").rpartition("/")[0] + "/"
        above = "" if above == "/" else above
    if not above:
        return f"{at} lies under no page"
    given, page = set(worn_by(view)), set(worn_by(pages[above]))
    asked = page | {Door("counter", Perm.EXPORT)} if view.door.kind == "counter" else page
    return "、".join(f"{at} does not ask for {door.perm or door.kind}" for door in asked - given)


def test_a_list_goes_out_as_a_file_only_to_those_who_may_see_it():
    pages = {at: view for at, _name, view in addresses() if not at.endswith("export/")}
    files = {at: view for at, name, view in addresses() if name.endswith("_export") or at.endswith("export/")}
    assert len(files) > 20
    assert [at for at in files if not at.endswith("/export/")] == []
    assert list(filter(None, (export_without_the_rights_of_its_page(pages, *file) for file in files.items()))) == []


def test_an_export_that_is_wider_than_its_page_would_be_found():
    def list_page(request):
        return None

    pages = {"counter/trail/": doors.counter(Perm.VIEW_TRAIL)(list_page)}
    wide = doors.counter(Perm.EXPORT)(list_page)
    unasked = pages["counter/trail/"]
    right = doors.counter(Perm.VIEW_TRAIL)(wide)
    lacks = [
        export_without_the_rights_of_its_page(pages, "counter/trail/export/", view) for view in (wide, unasked, right)
    ]
    assert lacks == [
        "counter/trail/export/ does not ask for VIEW_TRAIL",
        "counter/trail/export/ does not ask for EXPORT",
        "",
    ]
    assert export_without_the_rights_of_its_page(pages, "counter/other/export/", wide)


def test_whoever_takes_a_list_out_leaves_a_record():
    exports = [(place, node) for place, node in functions() if node.name.endswith("_export")]
    silent = [
        place
        for place, node in exports
        if not any(
            isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2].lstrip("_").startswith("note")
            for call in ast.walk(node)
        )
    ]
    assert len(exports) > 20 and silent == []


def test_the_papers_say_what_the_tables_say():
    """tests/house/papers.py says how to write them anew."""
    stale = [name for name, text in papers.written().items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert stale == []


def test_every_status_can_be_reached_and_every_end_is_meant():
    lost = []
    for model, moves in papers.tables_of_moves():
        targets = {to for ends in moves.values() for to in ends}
        lost += [f"{model}: {status} has no line" for status in targets - set(moves)]
        lost += [
            f"{model}: {status} is an island" for status, ends in moves.items() if not ends and status not in targets
        ]
    assert lost == []
