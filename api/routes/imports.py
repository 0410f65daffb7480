"""Files in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from api.answers.files import imported
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas.common import EXTERNAL_ID, LINES, NAMED, Moment, PathId
from api.schemas.files import ImportOut, Kind
from imports.actions.send import send_file
from imports.choices import ImportStatus
from imports.kinds.shapes import Options
from imports.queries.batches import import_by_id
from inventory.stock_files.shapes import Doubt, Scope

router = Router()


@endpoint(
    router,
    "POST",
    "/imports",
    right="import_files",
    answers={200: ImportOut, 201: ImportOut, 202: ImportOut},
    codes=["NOT_FOUND", "INVALID_STATE"],
)
def send_import(
    request: ApiRequest,
    kind: Annotated[Kind, Form(examples=["stock"])],
    file: Annotated[UploadedFile, File()],
    mapping: Annotated[
        str,
        Form(
            max_length=20_000, pattern=LINES, description="The name of a kept mapping, or a mapping as JSON."
        ),
    ] = "",
    dry_run: Annotated[bool, Form(description="Check only, load nothing.")] = False,
    good_rows: Annotated[bool, Form(description="Load the good rows, leave out the refused.")] = False,
    counted_at: Annotated[Moment | None, Form(description="The moment that a stock file is of.")] = None,
    scope: Annotated[
        Literal["rows", "locations", "whole"],
        Form(
            description="What a stock file is silent about: left alone, or zero where it names a place, or zero."
        ),
    ] = "rows",
    in_doubt: Annotated[
        Literal["ask", "proposed", "taken", "not_taken"],
        Form(description="What to take for entries of which nobody knows whether the ERP had them."),
    ] = "ask",
    external_id: Annotated[
        str | None, Form(min_length=1, max_length=80, pattern=NAMED, description=EXTERNAL_ID)
    ] = None,
) -> Status[dict[str, Any]]:
    """Load a file, or with `dry_run` check it.

    All rows go in or none, unless `good_rows`. Every issue comes at once, with row, column, value and remedy; a file
    that was refused is `refused` and loaded nothing. The same file again answers the import that loaded it (200). A
    large file goes on in the background (202): ask for the import again.
    """
    sent = send_file(
        kind=kind,
        file_name=file.name or "file",
        content=file.read(),
        mapping=mapping.strip(),
        options=Options(counted_at=counted_at, scope=Scope(scope), doubt=Doubt(in_doubt)),
        is_partial=good_rows,
        is_check=dry_run,
        actor=request.user,
    )
    if sent.earlier is not None:
        return Status(200, imported(sent.earlier, is_already_loaded=True))
    is_begun = sent.batch.job is not None
    request.has_effect = is_begun or sent.batch.status == ImportStatus.LOADED
    return Status(202 if is_begun else 201, imported(sent.batch))


@endpoint(router, "GET", "/imports/{id}", right="read_books", answers={200: ImportOut}, codes=["NOT_FOUND"])
def read_import(request: ApiRequest, id: PathId) -> dict[str, Any]:
    """What became of a file."""
    return imported(import_by_id(id))
