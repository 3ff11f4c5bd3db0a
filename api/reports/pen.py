"""A pen over one PDF: millimetres from the top left corner, drawable text, vector QR codes."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any, Literal, cast

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from api.reports.fonts import NAMES, Weight, legible, text_width_pt, typeface
from api.reports.qr import modules
from api.reports.typesetting import PT_PER_MM, Fitted, fit
from orders.codes import Coded

INK, WHITE, GREY, LIGHT = "#000000", "#FFFFFF", "#555555", "#B8B8B8"
HOT, COLD = "#B3261E", "#0B57D0"

Align = Literal["left", "center", "right"]
Line = Literal["solid", "dashed"]


class Pen:
    """
    Draws one paper and remembers the characters that its typefaces lack.

    Parameters
    ----------
    width_mm, height_mm
        The page.
    title
        Of the file.
    language
        ``"zh_CN"`` or ``"en"``, as the file's language.
    """

    def __init__(self, width_mm: float, height_mm: float, *, title: str, language: str) -> None:
        for weight in NAMES:
            typeface(weight)
        self.width_mm, self.height_mm = width_mm, height_mm
        self.pages = 0
        self._missing: dict[str, str] = {}
        self._codes: dict[tuple[tuple[bytes, ...], float], int] = {}
        self._out = BytesIO()
        size_pt = (width_mm * PT_PER_MM, height_mm * PT_PER_MM)
        self._canvas = Canvas(
            self._out,
            pagesize=size_pt,
            invariant=1,
            pageCompression=1,
            initialFontName=cast(Any, NAMES["regular"]),  # reportlab's stub says float
            lang=language.replace("_", "-"),
        )
        self._canvas.setTitle(self.clean(title))
        self._canvas.setCreator("holdchain")

    def clean(self, text: str) -> str:
        """The text as the typefaces can draw it; characters they lack become findings of the paper."""
        drawable, missing = legible(text)
        for char in missing:
            self._missing.setdefault(char, text)
        return drawable

    def fit(
        self,
        text: str,
        sizes_pt: tuple[float, ...],
        width_mm: float,
        *,
        weight: Weight = "regular",
        max_lines: int = 1,
    ) -> Fitted:
        """`typesetting.fit` of the cleaned text."""
        return fit(self.clean(text), sizes_pt, width_mm, weight=weight, max_lines=max_lines)

    def width_of(self, text: str, size_pt: float, weight: Weight = "regular") -> float:
        """Width of one line of drawable text, millimetres."""
        return text_width_pt(text, weight, size_pt) / PT_PER_MM

    def findings(self) -> tuple[Coded, ...]:
        """One finding for each character that the typefaces lack, with the first text it stood in."""
        return tuple(
            Coded("glyph_missing", {"code_point": f"U+{ord(char):04X}", "text": text})
            for char, text in sorted(self._missing.items())
        )

    def end_page(self) -> None:
        """Closes the page and opens the next."""
        self._canvas.showPage()
        self.pages += 1

    def pdf(self) -> bytes:
        """Closes the file; the same drawing gives the same bytes."""
        self._canvas.save()
        return self._out.getvalue()

    def text(
        self,
        x_mm: float,
        baseline_mm: float,
        text: str,
        size_pt: float,
        *,
        weight: Weight = "regular",
        align: Align = "left",
        color: str = INK,
    ) -> float:
        """Draws one line at, around or before ``x_mm``; gives its width in millimetres."""
        drawable = self.clean(text)
        width_mm = self.width_of(drawable, size_pt, weight)
        left_mm = x_mm - {"left": 0.0, "center": width_mm / 2, "right": width_mm}[align]
        self._canvas.setFillColor(HexColor(color))
        self._canvas.setFont(NAMES[weight], size_pt)
        self._canvas.drawString(left_mm * PT_PER_MM, self._y(baseline_mm), drawable)
        return width_mm

    def lines(
        self, x_mm: float, top_mm: float, fitted: Fitted, *, align: Align = "left", color: str = INK
    ) -> float:
        """Draws fitted lines from their top edge down; gives the height used, millimetres."""
        baseline_mm = top_mm + fitted.size_pt * 0.98 / PT_PER_MM
        for line in fitted.lines:
            self.text(x_mm, baseline_mm, line, fitted.size_pt, weight=fitted.weight, align=align, color=color)
            baseline_mm += fitted.leading_mm
        return fitted.height_mm

    def rule(
        self,
        x_mm: float,
        y_mm: float,
        to_x_mm: float,
        to_y_mm: float,
        *,
        width_pt: float = 0.5,
        color: str = INK,
        line: Line = "solid",
    ) -> None:
        """Draws a straight line."""
        self._canvas.setStrokeColor(HexColor(color))
        self._canvas.setLineWidth(width_pt)
        self._canvas.setDash([2, 2] if line == "dashed" else [])
        self._canvas.line(x_mm * PT_PER_MM, self._y(y_mm), to_x_mm * PT_PER_MM, self._y(to_y_mm))
        self._canvas.setDash([])

    def box(
        self,
        x_mm: float,
        top_mm: float,
        width_mm: float,
        height_mm: float,
        *,
        width_pt: float = 0.5,
        color: str = INK,
        fill: str | None = None,
        line: Line = "solid",
        radius_mm: float = 0,
    ) -> None:
        """Draws a rectangle; a ``width_pt`` of 0 leaves its outline out."""
        self._canvas.setStrokeColor(HexColor(color))
        self._canvas.setLineWidth(width_pt)
        self._canvas.setDash([2, 2] if line == "dashed" else [])
        if fill is not None:
            self._canvas.setFillColor(HexColor(fill))
        self._canvas.roundRect(
            x_mm * PT_PER_MM,
            self._y(top_mm + height_mm),
            width_mm * PT_PER_MM,
            height_mm * PT_PER_MM,
            radius_mm * PT_PER_MM,
            stroke=int(width_pt > 0),
            fill=int(fill is not None),
        )
        self._canvas.setDash([])

    def polygon(
        self, points_mm: Iterable[tuple[float, float]], *, fill: str | None, color: str, width_pt: float
    ) -> None:
        """Draws a closed shape through these points."""
        path = self._canvas.beginPath()
        first, *others = points_mm
        path.moveTo(first[0] * PT_PER_MM, self._y(first[1]))
        for x_mm, y_mm in others:
            path.lineTo(x_mm * PT_PER_MM, self._y(y_mm))
        path.close()
        self._canvas.setStrokeColor(HexColor(color))
        self._canvas.setLineWidth(width_pt)
        if fill is not None:
            self._canvas.setFillColor(HexColor(fill))
        self._canvas.drawPath(path, stroke=1, fill=int(fill is not None))

    def disc(self, x_mm: float, y_mm: float, radius_mm: float, *, fill: str, width_pt: float) -> None:
        """Draws a filled circle around a point, its outline in ink."""
        self._canvas.setStrokeColor(HexColor(INK))
        self._canvas.setLineWidth(width_pt)
        self._canvas.setFillColor(HexColor(fill))
        self._canvas.circle(x_mm * PT_PER_MM, self._y(y_mm), radius_mm * PT_PER_MM, stroke=1, fill=1)

    def hold_mark(self, x_mm: float, top_mm: float, size_mm: float, hold_class: str) -> None:
        """Draws hot as a filled red triangle and cold as an open blue diamond, distinct in black too."""
        middle_mm, right_mm, bottom_mm = x_mm + size_mm / 2, x_mm + size_mm, top_mm + size_mm
        if hold_class == "hot":
            corners = [(middle_mm, top_mm), (right_mm, bottom_mm), (x_mm, bottom_mm)]
            self.polygon(corners, fill=HOT, color=HOT, width_pt=0.3)
        else:
            centre_mm = top_mm + size_mm / 2
            corners = [(middle_mm, top_mm), (right_mm, centre_mm), (middle_mm, bottom_mm), (x_mm, centre_mm)]
            self.polygon(corners, fill=None, color=COLD, width_pt=size_mm * 0.4)

    def qr(self, text: str, x_mm: float, top_mm: float, size_mm: float) -> None:
        """Draws a QR code (error correction M) as one vector shape; leave 4 modules of white around it."""
        self.modules(modules(text), x_mm, top_mm, size_mm)

    def modules(self, rows: tuple[bytes, ...], x_mm: float, top_mm: float, size_mm: float) -> None:
        """Draws the modules of a code as one vector shape, kept in the file once however often it stands."""
        name = f"code{self._codes.setdefault((rows, size_mm), len(self._codes))}"
        if not self._canvas.hasForm(name):
            self._canvas.beginForm(name, upperx=size_mm * PT_PER_MM, uppery=size_mm * PT_PER_MM)
            self._draw_modules(rows, size_mm * PT_PER_MM)
            self._canvas.endForm()
        self._canvas.saveState()
        self._canvas.translate(x_mm * PT_PER_MM, self._y(top_mm + size_mm))
        self._canvas.doForm(name)
        self._canvas.restoreState()

    def _draw_modules(self, rows: tuple[bytes, ...], size_pt: float) -> None:
        module_pt = size_pt / len(rows)
        path = self._canvas.beginPath()
        for r, row in enumerate(rows):
            start = None
            for c, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = c
                elif not dark and start is not None:
                    run_pt = (c - start) * module_pt
                    path.rect(start * module_pt, size_pt - (r + 1) * module_pt, run_pt, module_pt)
                    start = None
        self._canvas.setFillColor(HexColor(INK))
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _y(self, y_mm: float) -> float:
        return (self.height_mm - y_mm) * PT_PER_MM
