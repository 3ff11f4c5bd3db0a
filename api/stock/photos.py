"""Photos of deliveries and papers: files in the data folder under the digest of their bytes."""

import os
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.stock.desk import StockDesk
from kitchen.store.deliveries import LotPhoto, photo_of, save_photo
from orders.drops import LARGEST_PROOF_BYTES, Proof, picture
from orders.errors import BadInput, NotFound

FOLDER = "photos"
MOST_PHOTOS = 8


def read_pictures(bodies: tuple[bytes, ...]) -> tuple[Proof, ...]:
    """
    Pictures by their bytes, each once.

    Raises
    ------
    BadInput
        When one is no picture, or too large.
    """
    found: dict[str, Proof] = {}
    for body in bodies:
        if len(body) > LARGEST_PROOF_BYTES:
            raise BadInput("photo_too_large", most_mb=LARGEST_PROOF_BYTES // 1024 // 1024)
        taken = picture(body)
        if taken is None:
            raise BadInput("photo_no_picture")
        found[taken.digest] = taken
    return tuple(found.values())


def keep_photos(session: Session, desk: StockDesk, lot_id: str, pictures: tuple[Proof, ...]) -> None:
    """Writes each picture under its digest, then that the delivery has it."""
    if desk.data is None:
        return
    for one in pictures:
        _write(_path(desk.data, one.digest), one.body)
        photo = LotPhoto(lot_id, one.digest, one.media_type, len(one.body))
        save_photo(session, desk.ids.new(), photo, actor=desk.actor.user_id, at=desk.now_at)


def photo_for(session: Session, data: Path, digest: str, *, actor: Actor, now_at: datetime) -> Proof:
    """
    The photo with this digest; that somebody looked is in the audit.

    Raises
    ------
    NotFound
        When nobody kept it, or its file is gone or is not what was kept.
    Forbidden
        When it is of another kitchen than the actor's.
    """
    found = photo_of(session, digest)
    if found is None:
        raise NotFound("photo", digest[:12])
    kitchen_id, photo = found
    ensure(actor, "stock.read", kitchen_id=kitchen_id)
    try:
        body = _path(data, digest).read_bytes()
    except OSError as error:
        raise NotFound("photo", digest[:12]) from error
    kept = picture(body)
    if kept is None or kept.digest != photo.digest:
        raise NotFound("photo", digest[:12])
    record(session, actor, "stock.read/photo", digest, now_at)
    return kept


def _path(data: Path, digest: str) -> Path:
    return data / FOLDER / digest[:2] / digest


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all, readable by the house alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
