"""Entries, progress and log → the Library page's HTML."""

from __future__ import annotations

from collections.abc import Sequence

from briefbot.build_log import LogLine
from briefbot.entries import Entry, State
from briefbot.shelf import Activity
from briefbot.ui.markup import escaped, render_date

COLUMNS = {
    "title": "Document",
    "kind": "Kind",
    "date": "Date",
    "passages": "Passages",
    "size": "Size",
    "state": "State",
}
SHOWN_ROWS = 500
"""More are found by searching: a longer page would be slow, and nobody reads it."""

_HEADS = "".join(
    f'<th role="columnheader" scope="col" aria-sort="{"ascending" if key == "title" else "none"}" '
    f'class="col-{key}"><button type="button" data-sort="{key}">{label}</button></th>'
    for key, label in COLUMNS.items()
)
_OPTIONS = "".join(f'<option value="{key}">{label}</option>' for key, label in COLUMNS.items())

LIBRARY_VIEW = f"""
<section class="library" aria-labelledby="library-title">
<div class="library-head"><h2 id="library-title" tabindex="-1">Library</h2>
<p class="library-summary"></p></div>
<p class="library-notice" hidden></p>
<form class="library-sign-in" hidden>
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required>
</label><button type="submit">Sign in</button></form>
<p class="library-user" hidden><span></span> <button type="button">Sign out</button></p>
<div class="library-add">
<label class="drop"><input type="file" multiple class="library-files">
<span><b>Add files</b> or drop them here</span></label>
<form class="library-url"><label for="library-address">Add a web page</label>
<span><input id="library-address" type="url" inputmode="url" placeholder="https://…" required>
<button type="submit">Add</button></span></form>
</div>
<div class="library-failure" role="alert" hidden></div>
<div class="library-progress" hidden><label><span></span><progress></progress></label></div>
<div class="library-tools">
<label class="search"><span class="unseen">Search the documents</span>
<input type="search" placeholder="Search the documents"></label>
<label class="sort">Sort by <select>{_OPTIONS}</select></label>
<button type="button" class="rebuild">Rebuild</button>
</div>
<table role="table" aria-labelledby="library-title"><thead role="rowgroup"><tr role="row">{_HEADS}
<th role="columnheader" scope="col" class="col-remove"><span class="unseen">Remove</span></th>
</tr></thead><tbody role="rowgroup"></tbody></table>
<p class="library-none" hidden></p>
<details class="library-log"><summary>What happened</summary><ol></ol></details>
<div class="library-say unseen" role="status"></div>
<dialog class="library-confirm" aria-labelledby="confirm-title"><h3 id="confirm-title"></h3>
<p>It was not added in the library. Its file is deleted from the corpus folder, and BriefBot keeps
no copy.</p><form method="dialog"><button value="keep">Keep it</button>
<button value="remove" class="alarming">Delete the file</button></form></dialog>
</section>
"""


def render_rows(entries: Sequence[Entry], *, may_change: bool) -> str:
    """Render one table row for each entry."""
    return "".join(_row(entry, may_change=may_change) for entry in entries[:SHOWN_ROWS])


def _row(entry: Entry, *, may_change: bool) -> str:
    cells = (
        ("title", _title(entry)),
        ("kind", escaped(entry.kind)),
        ("date", render_date(entry.date)),
        ("passages", f"{entry.passages:,}" if entry.passages else ""),
        ("size", escaped(describe_size(entry.size_bytes)) if entry.size_bytes else ""),
        ("state", _state(entry)),
        ("remove", _remove(entry) if may_change else ""),
    )
    tds = "".join(
        f'<td role="cell" class="col-{key}" data-label="{COLUMNS.get(key, "")}">{html}</td>'
        for key, html in cells
    )
    return f'<tr role="row" data-document="{escaped(entry.id)}">{tds}</tr>'


def _title(entry: Entry) -> str:
    name = f'<span class="name">{escaped(entry.id)}</span>' if entry.id != entry.title else ""
    if entry.state is not State.READY:
        return f"<b>{escaped(entry.title)}</b>{name}"
    return (
        f'<button type="button" class="open" data-opens data-document="{escaped(entry.id)}" '
        f'data-start="0" data-end="0">{escaped(entry.title)}</button>{name}'
    )


def _state(entry: Entry) -> str:
    badge = f'<span class="state" data-state="{entry.state}">{entry.state.capitalize()}</span>'
    return f'{badge}<span class="reason">{escaped(entry.reason)}</span>' if entry.reason else badge


def _remove(entry: Entry) -> str:
    if entry.state is State.REMOVING:
        return ""
    confirm = "" if entry.is_upload else " data-confirm"
    return (
        f'<button type="button" class="remove"{confirm} '
        f'aria-label="Remove {escaped(entry.title)}">Remove</button>'
    )


def render_log(lines: Sequence[LogLine]) -> str:
    """Render the log, newest first."""
    return "".join(
        f'<li><time datetime="{escaped(line.time)}">{escaped(line.time)}</time> '
        f"{escaped(line.text)}</li>"
        for line in reversed(lines)
    )


def describe_size(size_bytes: int) -> str:
    """Write a size in bytes, kB or MB."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    kilobytes = size_bytes / 1000
    return f"{kilobytes:.0f} kB" if kilobytes < 1000 else f"{kilobytes / 1000:.1f} MB"


def describe_activity(activity: Activity) -> str:
    """Say what the worker is doing."""
    stage = activity.stage.capitalize()
    return f"{stage}, {activity.done:,} of {activity.total:,}" if activity.total > 1 else stage


def describe_entries(found: Sequence[Entry], known: int) -> str:
    """Say how many documents there are, and how many of them are shown."""
    passages = sum(entry.passages for entry in found)
    documents = f"{known:,} document{'' if known == 1 else 's'}"
    shown = documents if len(found) == known else f"{len(found):,} of {documents}"
    cut = f"; the first {SHOWN_ROWS} are shown" if len(found) > SHOWN_ROWS else ""
    return f"{shown}, {passages:,} passage{'' if passages == 1 else 's'}{cut}"
