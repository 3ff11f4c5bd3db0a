"""Files from a clerk."""

from typing import Annotated, Any

from fastapi import APIRouter, UploadFile

from api.imports.report import report_document
from api.imports.run import run_import
from api.imports.schema import Kind
from api.permissions import Actor
from api.register.secret import people_keys
from api.web.access import HouseHere, LanguageHere, may
from orders.service import Meal

router = APIRouter(prefix="/api/v1/imports", tags=["import"])


@router.post("/{kind}")
def import_upload(
    kind: Kind,
    file: UploadFile,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("import")],
    kitchen_id: str = "K1",
    meal: Meal = "lunch",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Imports a CSV or XLSX: good rows are kept, every bad one is named with line and column."""
    report = run_import(
        house.database,
        kind,
        file.filename or kind,
        file.file.read(),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        kitchen_id=kitchen_id,
        meal=meal,
        dry_run=dry_run,
        keys=people_keys(house.settings.data),
    )
    return report_document(report, language)
