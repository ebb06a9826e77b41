"""What the Library page asks the server: its state, and changes by those who may make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from briefbot.corpus_folder import MAX_UPLOAD_BYTES
from briefbot.entries import SORTS, State
from briefbot.errors import (
    BriefBotError,
    LibraryError,
    UnsupportedFormatError,
    UploadError,
)
from briefbot.library import Library
from briefbot.settings import Settings
from briefbot.ui.conversation import describe_index
from briefbot.ui.library_page import (
    describe_activity,
    describe_entries,
    render_log,
    render_rows,
)
from briefbot.ui.sign_in import COOKIE, SignIn, remember

HEADER = "X-BriefBot"
"""A page of another site cannot send it without our consent, which nobody gets."""


class Address(BaseModel):
    """An address to fetch."""

    url: str = Field(max_length=4000)


class Removal(BaseModel):
    """A document to remove."""

    document: str = Field(max_length=4000)
    confirmed: bool = False


class Credentials(BaseModel):
    """A name and a password."""

    name: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class Search(BaseModel):
    """What the page shows, and what it has."""

    query: str = Field("", max_length=500)
    sort: str = Field("title", pattern=f"^({'|'.join(SORTS)})$")
    descending: bool = False
    have: str = Field("", max_length=2000)


class LibraryDesk:
    """Decides who may change the library, and answers the page."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.sign_in = SignIn(settings.users())
        self._mode = settings.library

    def refusal(self, request: Request) -> str:
        """Say why a request may not change anything; empty if it may."""
        if self._mode == "off":
            return "The library can be looked at here, but not changed (library = “off”)."
        if self._mode == "signed-in" and not self.sign_in.name_of(request):
            return "Sign in to add or remove documents."
        return self.library.obstacle()

    def state(self, request: Request, search: Search) -> dict[str, Any]:
        """Describe the library for the page; nothing but `key` if it has that already."""
        user, refusal = self.sign_in.name_of(request), self.refusal(request)
        shown = search.model_dump(exclude={"have"})
        key = f"{self.library.revision} {user} {refusal} {shown}"
        if key == search.have:
            return {"key": key}
        found = self.library.entries(search.query, sort=search.sort, descending=search.descending)
        known = self.library.entries()
        ready = [entry for entry in known if entry.state is State.READY]
        activity = self.library.activity
        return {
            "key": key,
            "subtitle": describe_index(len(ready), sum(entry.passages for entry in ready)),
            "summary": describe_entries(found, len(known)),
            "rows": render_rows(found, may_change=not refusal),
            "log": render_log(self.library.log()),
            "activity": activity
            and {
                "label": describe_activity(activity),
                "done": activity.done,
                "total": activity.total,
            },
            "refusal": refusal,
            "user": user,
            "signs_in": self._mode == "signed-in" and not user,
        }


def library_routes(library: Library, settings: Settings) -> APIRouter:
    """Make the routes below `/library`."""
    desk = LibraryDesk(library, settings)
    routes = APIRouter(prefix="/library")
    change: dict[str, Any] = {"dependencies": [Depends(_require_page), Depends(_permitted(desk))]}

    @routes.get("")
    def page() -> Response:
        return RedirectResponse("./#library", 307)

    @routes.get("/state")
    def state(request: Request, search: Annotated[Search, Query()]) -> dict[str, Any]:
        return desk.state(request, search)

    @routes.post("/files", **change)
    async def add_file(request: Request, name: str) -> Response:
        data = await _body(request)
        return await run_in_threadpool(_answered, lambda: library.add(name, data))

    @routes.post("/addresses", **change)
    def add_address(address: Address) -> Response:
        return _answered(lambda: library.add_url(address.url))

    @routes.post("/removals", **change)
    def remove(removal: Removal) -> Response:
        return _answered(lambda: library.remove(removal.document, is_confirmed=removal.confirmed))

    @routes.post("/builds", **change)
    def rebuild() -> Response:
        return _answered(library.rebuild)

    _add_sign_in(routes, desk.sign_in)
    return routes


def _add_sign_in(routes: APIRouter, sign_in: SignIn) -> None:
    @routes.post("/sign-in", dependencies=[Depends(_require_page)])
    def enter(request: Request, credentials: Credentials) -> Response:
        try:
            token = sign_in.enter(credentials.name, credentials.password)
        except LibraryError as error:
            return _refused(429, error.message, error.hint)
        if token is None:
            return _refused(403, "That name and password do not match.", "Try again.")
        response = JSONResponse({})
        remember(response, token, is_https=request.url.scheme == "https")
        return response

    @routes.post("/sign-out", dependencies=[Depends(_require_page)])
    def leave(request: Request) -> Response:
        sign_in.leave(request)
        response = JSONResponse({})
        response.delete_cookie(COOKIE)
        return response


def _require_page(request: Request) -> None:
    if HEADER not in request.headers:
        raise HTTPException(403, {"message": f"Requests need the header {HEADER}.", "hint": ""})


def _permitted(desk: LibraryDesk) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        if refusal := desk.refusal(request):
            raise HTTPException(403, {"message": refusal, "hint": ""})

    return check


async def _body(request: Request) -> bytes:
    """Read a body up to one byte over the limit, which the library then refuses."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_UPLOAD_BYTES:
            break
    return bytes(data)


def _answered(act: Callable[[], object]) -> Response:
    try:
        act()
    except (LibraryError, UnsupportedFormatError, UploadError) as error:
        return _refused(409, error.message, error.hint)
    except BriefBotError as error:
        return _refused(500, error.message, error.hint)
    return JSONResponse({})


def _refused(status: int, message: str, hint: str) -> Response:
    detail: Mapping[str, str] = {"message": message, "hint": hint}
    return JSONResponse({"detail": detail}, status)
