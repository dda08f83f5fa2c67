"""Cases of watching, testing and editing lists."""

from tests.conformance.cases import Case, Place, Who, empty, error, paged, press, refused, send_file, success, write
from tests.conformance.scenes import read_a_busy_day

_GROUP, _BAHROM = Place.GROUP, Who.BAHROM
_QUERY = "heroin truck*"
_CHANGED = """edit schema: 1
id: heroin-truck
title: Heroin in trucks
priority: high
match:
  rules:
  - {id: query, query: heroin truck*}"""

CASES: dict[str, tuple[Case, ...]] = {
    "watch": (
        empty("a list before anything was read", write("watch iskp")),
        success("the catalogue", write("watch")),
        success("the preview of a list, and watching it", write("watch iskp"), press("Watch")),
        success("watching at once, and undoing it", write("watch water here"), press("Undo")),
        success("only what is high or louder", write("watch termez high"), write("watchlists"), press("Undo")),
        success("only in the digest", write("watch drug-trafficking"), press("Digest only"), write("watchlists")),
        success("more of it again", write("watch drug-trafficking"), press("All of it"), press("Undo")),
        success("in the group", write("watch iskp here", _GROUP)),
        success("a list of one's own from a query", write(f"watch {_QUERY}"), press("Watch")),
        paged("the second page of the catalogue", write("watch"), press("›")),
        error("a page that is not there", write("watch p.9")),
        error("a list that is watched already", write("watch csto here")),
        error("no such list", write("watch cstoo")),
        error("a mistake in a query", write("watch tajik* NEAR/ border")),
        error("a query that is too broad", write("watch price"), press("See samples")).after(read_a_busy_day),
        refused("a member of the group", write("watch iskp here", _GROUP, _BAHROM)),
        refused("a member presses an admin's button", write("watch water", _GROUP), press("Watch", _GROUP, _BAHROM)),
    ),
    "unwatch": (
        empty("nothing is watched", write("unwatch")),
        success("a list is stopped, and undone", write("unwatch ttp"), press("Undo")),
        success("which one?", write("unwatch"), press("CSTO")),
        success("in the group", write("unwatch border", _GROUP)),
        error("a list that is not watched", write("unwatch iskp")),
        error("no such list", write("unwatch xyzzy")),
        refused("a member of the group", write("unwatch csto", _GROUP, _BAHROM)),
    ),
    "watchlists": (
        empty("nothing is watched", write("watchlists")),
        success("what is watched", write("watchlists")),
        success("one that is muted", write("mute csto 1d"), write("lists")),
        success("in the group, for a member", write("watchlists", _GROUP, _BAHROM)),
        success("what a list hears", write("watchlists csto")),
        paged("every list there is", write("watchlists all"), press("›")),
        error("a page that is not there", write("watchlists p.9")),
        error("no such list", write("watchlists xyzzy")),
    ),
    "test": (
        empty("nothing was read yet", write("test heroin truck*")),
        success("a query", write(f"test {_QUERY}")),
        success("a list", write("test csto")),
        success("a query over a week, in the group", write("test CSTO OR heroin 7d", _GROUP, _BAHROM)),
        error("what?", write("test")),
        error("a mistake", write("test tajik* NEAR/ border")),
        error("a quotation without an end", write('test "tajik border')),
        error("nothing found", write("test zebra* crossing")),
        error("nearly a list", write("test cstoo")),
    ),
    "edit": (
        empty("no list of one's own", write("edit heroin-truck")),
        success(
            "the text out, a change back, applied and undone",
            write(f"watch {_QUERY}"),
            press("Watch"),
            write("edit heroin-truck"),
            write(_CHANGED),
            press("Apply"),
            press("Undo"),
        ),
        success("the file sent back", send_file(_CHANGED.removeprefix("edit "))),
        success("the versions", write("edit heroin-truck versions")),
        success("a list of a file", write("edit csto")),
        success("removed", write("edit heroin-truck remove")),
        error("which?", write("edit")),
        error("no such list", write("edit xyzzy")),
        error("a mistake in the text", write("edit id: csto\npriority: <b>loud</b>")),
        error("nothing to undo", write("edit csto undo")),
        refused("a member of the group", write("edit csto", _GROUP, _BAHROM)),
    ),
    "draft": (
        success("kept as it is", write(f"watch {_QUERY}"), press("Cancel")),
        success("samples rated", write("watch CSTO Dushanbe"), press("Rate"), press("1 👍")),
        success("changed", write("watch CSTO Dushanbe"), press("Change")),
        error("a draft that is gone", write("draft 99 watch")),
        refused(
            "a member presses an admin's button", write(f"watch {_QUERY}", _GROUP), press("Watch", _GROUP, _BAHROM)
        ),
    ),
    "new": (
        success("the form, or how to do without it", write("new")),
        error("no word to look for", write("new")),
    ),
}
