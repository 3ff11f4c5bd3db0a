"""Answering with a file to keep."""

from fastapi.responses import Response


def download(name: str, content: bytes, media_type: str) -> Response:
    """A file under this name; nothing on the way may keep a copy, since it may hold names of people."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
