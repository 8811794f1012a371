"""The pages: check two articles, judge the verdicts, label pairs, and everything that was decided."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from jinja2 import FileSystemLoader
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tabayyun import bidi, ingest, wording
from tabayyun.article import Article
from tabayyun.configs import table
from tabayyun.errors import InputError, TabayyunError
from tabayyun.html import TEMPLATES, environment, report_page
from tabayyun.report import Report
from tabayyun.review import exchange, guard, view
from tabayyun.review.jobs import Jobs
from tabayyun.review.store import Decision, Store, kappa, labels
from tabayyun.tables import claim_reviews
from tabayyun.wording import Language, words_of

FOLDER = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "ar")
_LANGUAGE_COOKIE, _LABELLER_COOKIE = "tabayyun-language", "tabayyun-labeller"
_FIRST_LABELLER = "reviewer"
_YEAR = 31_536_000
_NOTE_LENGTH = 2000
_WHOLE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-scripts"
)
"""Of a page out of the store, which somebody may have changed: it is no part of this site, and calls nowhere."""

router = APIRouter(include_in_schema=False)
templates = environment().overlay(loader=FileSystemLoader([FOLDER / "templates", TEMPLATES]))
"""The templates of the pages, beside those of the HTML report, whose parts they use."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How the server was started: the token it asks for, the host names it answers to, whether it may fetch URLs."""

    token: str = ""
    hosts: tuple[str, ...] = guard.LOOPBACK
    allow_urls: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """What the pages work with."""

    store: Store
    jobs: Jobs
    setup: Setup
    calls: guard.Window
    secret: str
    """Of this run: seals the form tokens."""


def room(request: Request) -> Room:
    """Return what the pages of this server work with."""
    found: Room = request.app.state.room
    return found


def language(request: Request) -> Language:
    """The language of the interface: as just chosen, as chosen before, or as the browser prefers."""
    accepted = (part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(","))
    wanted = (request.query_params.get("lang"), request.cookies.get(_LANGUAGE_COOKIE), *accepted)
    return next((code for name in wanted for code in LANGUAGES if code == name), "en")


def texts(code: Language) -> dict[str, Any]:
    """The texts of the pages in a language, with the groups `explained` and `action`."""
    groups = {
        group: {key: both[code] for key, both in table("review")[group].items()}
        for group in ("text", "explained", "action")
    }
    return {**groups.pop("text"), **groups}


def labeller(request: Request) -> str:
    """Who decides: the name in the cookie; all who share a name share their decisions."""
    return exchange.labeller_name(_read_cookie(request.cookies.get(_LABELLER_COOKIE, ""))) or _FIRST_LABELLER


def _read_cookie(value: str) -> str:
    try:
        return bytes.fromhex(value).decode()
    except ValueError:
        return ""


def page(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """Return the page or part of a page from `template`, in the language of the request."""
    code = language(request)
    form_cookie = request.cookies.get(guard.FORM_COOKIE) or secrets.token_hex(16)
    html = templates.get_template(template).render(
        shown,
        p=texts(code),
        t=words_of(code),
        w=wording,
        language=code,
        direction=bidi.direction(code),
        direction_of=bidi.direction,
        relations=table("review")["relations"],
        kinds=list(exchange.KINDS),
        around=view.around,
        other=next(other for other in LANGUAGES if other != code),
        path=request.url.path,
        labeller=labeller(request),
        form_token=guard.seal(room(request).secret, form_cookie),
    )
    response = HTMLResponse(html, status)
    set_cookie(request, response, guard.FORM_COOKIE, form_cookie)
    if request.query_params.get("lang") == code:
        set_cookie(request, response, _LANGUAGE_COOKIE, code)
    return response


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and other sites cannot make a browser send along with a form."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


async def checked_form(request: Request) -> AsyncIterator[FormData]:
    """Give the form that came with a request; the only way to one, so that none goes without the form token."""
    largest = table("review")["server"]["max_body"]
    async with request.form(max_files=2, max_fields=40, max_part_size=largest) as form:
        wanted = guard.seal(room(request).secret, request.cookies.get(guard.FORM_COOKIE, ""))
        if not guard.same(_field(form, "form_token"), wanted):
            raise HTTPException(403, texts(language(request))["csrf"])
        yield form


Form = Annotated[FormData, Depends(checked_form)]


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.encode("utf-8", "replace").decode("utf-8").strip() if isinstance(value, str) else ""


def _missing(request: Request) -> HTTPException:
    return HTTPException(404, texts(language(request))["not_found"])


def _go(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)


def is_htmx(request: Request) -> bool:
    """Whether a part of a page is asked for."""
    return request.headers.get("hx-request") == "true"


@router.get("/page.css")
def style(request: Request) -> Response:
    """The style of the HTML report, which the pages share."""
    return Response(environment().globals["css"], media_type="text/css")


@router.get("/")
def start(request: Request) -> Response:
    """The form for two articles, and the reports so far."""
    here = room(request)
    return page(request, "start.html", reports=here.store.reports(), allow_urls=here.setup.allow_urls)


@router.post("/checks")
async def check(request: Request, form: Form) -> Response:
    """Queue a check of the two articles of the form."""
    here = room(request)
    readers = [await _reader(form, side, here.setup.allow_urls) for side in "ab"]
    job = here.jobs.submit(lambda: (readers[0](), readers[1]()), lambda report: keep(here.store, report))
    return _go(f"/checks/{job.id}")


async def _reader(form: FormData, side: str, allow_urls: bool) -> Callable[[], Article]:
    """What reads one article of the form: from its web address, its file or its text; the worker calls it."""
    outlet, published = _field(form, f"{side}_outlet"), _field(form, f"{side}_date") or None
    text, url, file = _field(form, f"{side}_text"), _field(form, f"{side}_url"), form.get(f"{side}_file")
    if url and allow_urls:
        from tabayyun.fetch import fetch

        return lambda: fetch(url, outlet=outlet, published=published)
    if isinstance(file, UploadFile) and file.filename:
        path, data = Path(file.filename), await file.read()
        suffix = path.suffix.lower()
        return lambda: ingest.from_fields(ingest.fields(data, path.name, suffix), path.stem, outlet, published)
    return lambda: ingest.from_fields({"text": text}, side.upper(), outlet, published)


def keep(store: Store, report: Report) -> str:
    """Keep a report and the pairs of its verdicts, so that they can be labelled; return its id."""
    data = report.to_dict()
    store.add_pairs(exchange.pairs_of(data))
    pages = {f"page {code}": report_page(report, language=code) for code in LANGUAGES}
    reviews = {f"reviews {code}": claim_reviews(report, report.verdicts, language=code) for code in LANGUAGES}
    return store.save_report(data, pages | reviews)


@router.get("/checks/{name}")
def progress(request: Request, name: str) -> Response:
    """How far a check is; its report when it is done."""
    job = room(request).jobs.get(name)
    if job is None:
        raise _missing(request)
    state = job.state  # asked once: it may change at any moment
    if state == "done":
        address = f"/reports/{job.future.result()}"
        return Response(headers={"HX-Redirect": address}) if is_htmx(request) else _go(address)
    error = job.future.exception() if state == "failed" else None
    message = str(error) if isinstance(error, TabayyunError) else ""
    template = "_progress.html" if is_htmx(request) else "progress.html"
    return page(request, template, job=job, state=state, message=message)


@router.post("/checks/{name}/cancel")
def cancel(request: Request, name: str, form: Form) -> Response:
    """Cancel a check."""
    job = room(request).jobs.get(name)
    if job is None:
        raise _missing(request)
    job.cancel()
    return _go(f"/checks/{name}")


@router.get("/reports/{name}")
def report(request: Request, name: str) -> Response:
    """The verdicts of a report, to be judged, and both texts."""
    here, who = room(request), labeller(request)
    found = here.store.report(name)
    if found is None:
        raise _missing(request)
    verdicts = view.shown(found, labels(here.store.standing(who), who))
    return page(
        request,
        "report.html",
        name=name,
        groups=view.grouped(verdicts),
        panes=[view.pane(found, side, verdicts) for side in "ab"],
        removed=sum(len(found[side]["boilerplate"]) for side in "ab"),
        whole=bool(here.store.written(name)),
    )


@router.get("/reports/{name}/page")
def whole_report(request: Request, name: str) -> Response:
    """The report as one self-contained page, which may run its own scripts, but not as a part of this site."""
    found = room(request).store.written(name).get(f"page {language(request)}")
    if found is None:
        raise _missing(request)
    return HTMLResponse(found, headers={"Content-Security-Policy": _WHOLE_POLICY})


@router.get("/reports/{name}/claimreview.json")
def reviews(request: Request, name: str) -> Response:
    """ClaimReview drafts for the verdicts of a report that the labeller confirmed."""
    store, who = room(request).store, labeller(request)
    found = store.written(name).get(f"reviews {language(request)}")
    if found is None:
        raise _missing(request)
    confirmed = {key for key, d in labels(store.standing(who), who).items() if d.action == "confirm"}
    drafts = {**found, "@graph": [draft for draft in found["@graph"] if draft["identifier"] in confirmed]}
    return _download(json.dumps(drafts, ensure_ascii=False, indent=1), "application/ld+json")


@router.post("/reports/{name}/{key}")
def judge(request: Request, name: str, key: str, form: Form) -> Response:
    """Confirm, correct or dismiss a verdict, or take that back."""
    here, who = room(request), labeller(request)
    found = here.store.report(name)
    wanted = [v for v in view.shown(found or {"verdicts": []}, {}) if v.key == key]
    if found is None or not wanted:
        raise _missing(request)
    verdict = wanted[0].verdict
    action = _field(form, "action")
    if action == "undo":
        here.store.undo(who, key)
    else:
        of = verdict if action == "confirm" else {s: _field(form, s) for s in ("relation", "kind")}
        decided = view.judged(action, verdict["label"], of["relation"], of["kind"] or "")
        if decided is None or (decided[2] or "other") not in exchange.KINDS:
            raise InputError("This is no decision on that verdict. Load the page again and choose one of the buttons.")
        here.store.decide([Decision(key, who, action, *decided, _field(form, "note")[:_NOTE_LENGTH])])
    if not is_htmx(request):
        return _go(f"/reports/{name}#v-{key}")
    shown = replace(wanted[0], decision=labels(here.store.standing(who), who).get(key))
    return page(request, "_verdict.html", name=name, shown=shown, panes=[view.pane(found, side) for side in "ab"])


@router.get("/label")
def label(request: Request) -> Response:
    """One pair to label, without anything that models or others said of it."""
    return _pair_page(request, request.query_params.get("key"))


@router.post("/label")
def label_pair(request: Request, form: Form) -> Response:
    """Label or skip a pair, or take the last decision back; then show the next pair, or the one taken back."""
    store, who = room(request).store, labeller(request)
    key, relation, back = _field(form, "key"), _field(form, "relation"), None
    if relation == "undo":
        back = store.undo(who)
    elif store.pair(key) is None:
        raise _missing(request)
    elif relation == "skip":
        store.decide([Decision(key, who, "skip")])
    else:
        chosen = exchange.RELATIONS.get(relation)
        kind = _field(form, "kind") if chosen == "contradiction" else ""
        if chosen is None or (kind or "other") not in exchange.KINDS:
            raise InputError("There is no such label. Load the page again and choose one of the buttons.")
        store.decide([Decision(key, who, "label", chosen, relation, kind or None, _field(form, "note")[:_NOTE_LENGTH])])
    if not is_htmx(request):
        return _go(f"/label?key={back}" if back else "/label")
    return _pair_page(request, back)


def _pair_page(request: Request, wanted: str | None) -> Response:
    store, who = room(request).store, labeller(request)
    left = store.queue(who)
    pair = (store.pair(wanted) if wanted else None) or (store.pair(left[0]) if left else None)
    name = "_pair.html" if is_htmx(request) else "label.html"
    return page(request, name, pair=pair, left=len(left), total=len(store.pair_keys()))


@router.get("/history")
def history(request: Request) -> Response:
    """Everything that the labeller decided, the newest first."""
    store, who = room(request).store, labeller(request)
    past = store.history(who)[::-1]
    pairs = {pair.key: pair for pair in store.pairs({d.key for d in past})}
    return page(request, "history.html", past=past, pairs=pairs, undone={d.undoes for d in past})


@router.get("/decisions")
def decisions(request: Request) -> Response:
    """How much each labeller labelled and how well they agree, without the labels; files to give and take."""
    by_name = defaultdict[str, list[Decision]](list)
    for d in room(request).store.standing():
        by_name[d.labeller].append(d)
    given = {who: labels(by_name[who], who) for who in sorted(by_name)}
    counts = {who: len(labelled) for who, labelled in given.items()}
    agreements = [(x, y, *kappa(given[x], given[y])) for x, y in combinations(given, 2)]
    taken = request.query_params.get("taken")
    return page(request, "decisions.html", counts=counts, agreements=agreements, taken=taken)


@router.post("/labeller")
def change_labeller(request: Request, form: Form) -> Response:
    """Decide under another name from now on."""
    name = exchange.labeller_name(_field(form, "name"))
    if not name:
        raise InputError("A labeller needs a name of at most 40 characters. Write a shorter one, or one at all.")
    response = _go("/label")
    set_cookie(request, response, _LABELLER_COOKIE, name.encode().hex())
    return response


@router.post("/import")
async def take_in(request: Request, form: Form) -> Response:
    """Take in labelled pairs, Label Studio tasks, reports or a corpus export."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError("There is no file to take in. Choose one first.")
    taken = exchange.read(await file.read(), Path(file.filename).name)
    return _go(f"/decisions?taken={take(room(request).store, taken)}")


def take(store: Store, taken: exchange.Taken) -> int:
    """Keep what a file holds, and of its decisions those that say something new; return how many pairs are new."""
    new = store.add_pairs(taken.pairs)
    for found in taken.reports:
        store.save_report(found)
    standing = store.standing()
    known = {(d.labeller, d.key): _said(d) for d in standing if d.label}
    store.decide(d for d in taken.decisions if known.get((d.labeller, d.key)) != _said(d))
    return new


def _said(decision: Decision) -> tuple[str | None, ...]:
    return decision.label, decision.relation, decision.kind, decision.note


@router.get("/export/pairs.jsonl")
def export_pairs(request: Request) -> Response:
    """The labels of one labeller as labelled pairs."""
    store, who = room(request).store, request.query_params.get("labeller", labeller(request))
    return _download(labelled_pairs(store, who), "application/jsonl")


@router.get("/export/label-studio.json")
def export_label_studio(request: Request) -> Response:
    """All pairs and labels as Label Studio tasks."""
    return _download(label_studio(room(request).store), "application/json")


def labelled_pairs(store: Store, who: str) -> str:
    """What `who` labelled, as the text of a labelled-pairs file."""
    given = labels(store.standing(who), who)
    found = [(pair, given[pair.key]) for pair in store.pairs(given)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in exchange.to_rows(found))


def label_studio(store: Store) -> str:
    """All pairs and labels, as the text of a file of Label Studio tasks."""
    return json.dumps(exchange.to_label_studio(store.pairs(), store.standing()), ensure_ascii=False, indent=1)


def _download(content: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": "attachment"})
