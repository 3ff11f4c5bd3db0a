"""Tests of labels from a label printer: what its dots say, what fits, what is refused."""

import csv
import re
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from api.day.label_jobs import LabelWish, label_job
from api.day.paper_rolls import LabelKind, packaged_printers
from api.paths import config_dir
from api.reports.facts import Named
from api.reports.label_facts import LabelDish
from api.reports.printers import LabelPrinter, asked_fields
from api.reports.qr import qr_for
from api.reports.roll_facts import LabelOverflow, RollLabel, RollLine
from api.reports.roll_labels import box_rolls, sample_rolls
from api.reports.roll_layout import layout
from api.reports.roll_print import print_job, raster
from api.reports.sample_facts import SampleLabel, SampleLabels
from api.words import say
from orders.errors import BadInput
from tests.api.reports import papers
from tests.api.reports.readback import squeezed

PRINTERS = packaged_printers().printers
QR_TEXT = "holdchain:meal:K1/2026-11-23/lunch:20261123-0042"
MEAL = RollLabel(
    "X03-2",
    "欧阳建国",
    (
        RollLine("▲热食 X03-2  LZ00042", 13, bold=True),
        RollLine("不能吃：花生", 11, bold=True, inverse=True),
        RollLine("食用时限 13:05", 12, bold=True),
        RollLine("红烧肉炖土豆、米饭"),
        RollLine("制作 11-23 09:05"),
    ),
    QR_TEXT,
    14.0,
)


def said(image: Image.Image) -> list[str]:
    """What a scanner reads in an image."""
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def tspl_images(job: bytes) -> list[Image.Image]:
    """The labels of a TSPL job, as the printer would burn them: a dot that is 0 is black."""
    images = []
    for head in re.finditer(rb"BITMAP 0,0,(\d+),(\d+),0,", job):
        stride, rows = int(head[1]), int(head[2])
        dots = job[head.end() : head.end() + stride * rows]
        assert job[head.end() + stride * rows :].startswith(b"\r\nPRINT 1,1\r\n")
        images.append(Image.frombytes("1", (8 * stride, rows), dots))
    return images


def zpl_images(job: bytes) -> list[Image.Image]:
    """The labels of a ZPL job: a dot that is 1 is black, a comma fills the row, a colon repeats it."""
    images = []
    for _, total, stride, data in re.findall(r"\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS", job.decode()):
        width, rows, at = 2 * int(stride), [], 0
        while at < len(data):
            if data[at] == ":":
                rows.append(rows[-1])
                at += 1
                continue
            row = data[at : at + width].split(",")[0].split(":")[0]
            at += len(row) + (len(row) < width)
            rows.append(row.ljust(width, "0"))
        dots = bytes(255 - byte for byte in bytes.fromhex("".join(rows)))
        assert len(dots) == int(total)
        images.append(Image.frombytes("1", (8 * int(stride), len(rows)), dots))
    return images


@pytest.mark.parametrize("printer", PRINTERS.values(), ids=PRINTERS)
def test_the_code_is_read_from_the_dots(printer: LabelPrinter) -> None:
    """Tests that a scanner reads the code from what a TSPL and a ZPL printer burn, and both burn the same."""
    jobs = {
        kind: print_job([MEAL, MEAL], printer, kind, title="t", language="zh_CN") for kind in ("tspl", "zpl")
    }
    tspl, zpl = tspl_images(jobs["tspl"].content), zpl_images(jobs["zpl"].content)
    assert len(tspl) == len(zpl) == jobs["zpl"].labels == 2
    assert [said(image) for image in tspl] == [[QR_TEXT]] * 2
    assert tspl[0].tobytes() == zpl[0].tobytes()
    assert tspl[0].height == round(printer.height_mm * printer.dots_per_mm)
    assert 0 <= tspl[0].width - round(printer.width_mm * printer.dots_per_mm) < 8


@pytest.mark.parametrize("printer", PRINTERS.values(), ids=PRINTERS)
def test_code_and_name_have_their_sizes(printer: LabelPrinter) -> None:
    """Tests that the code is 15 mm or more with its quiet zone free, and the diner's name 14 pt or more."""
    sheet = layout(MEAL, printer)
    assert sheet is not None
    code = sheet.code
    assert code.qr.size_mm >= 15
    assert code.x_mm + code.qr.size_mm + code.qr.quiet_mm <= printer.width_mm + 0.2
    assert code.top_mm + code.qr.size_mm + code.qr.quiet_mm <= printer.height_mm + 0.2
    assert sheet.texts[0].text == "欧阳建国"
    assert sheet.texts[0].size_pt >= 14
    assert all(text.size_pt >= 5.5 for text in sheet.texts)


@pytest.mark.parametrize("printer", PRINTERS.values(), ids=PRINTERS)
def test_nothing_is_cut_or_covered(printer: LabelPrinter) -> None:
    """Tests that every word is on the label, within its pad, and none runs into the code."""
    sheet = layout(MEAL, printer)
    assert sheet is not None
    printed = squeezed("".join(text.text for text in sheet.texts))
    assert printed == squeezed(MEAL.heading + "".join(line.text for line in MEAL.lines))
    without = raster(replace(sheet, texts=(), bands=()), printer)
    with_words = raster(sheet, printer)
    left = round((sheet.code.x_mm - sheet.code.qr.quiet_mm / 2) * printer.dots_per_mm)
    top = round((sheet.code.top_mm - sheet.code.qr.quiet_mm / 2) * printer.dots_per_mm)
    corner = (left, top, with_words.width, with_words.height)
    assert without.crop(corner).tobytes() == with_words.crop(corner).tobytes()


def test_the_pdf_has_the_labels_size() -> None:
    """Tests that each page is one label, exactly as large, with the same words."""
    printer = PRINTERS["60x40"]
    job = print_job([MEAL, MEAL], printer, "pdf", title="t", language="zh_CN")
    pages = PdfReader(BytesIO(job.content)).pages
    assert len(pages) == 2
    for page in pages:
        assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(60, abs=0.01)
        assert float(page.mediabox.height) / 72 * 25.4 == pytest.approx(40, abs=0.01)
        assert squeezed("".join(line.text for line in MEAL.lines)) in squeezed(page.extract_text())


def test_what_does_not_fit_is_refused_by_name() -> None:
    """Tests that one label too full stops the whole print, and says which it was."""
    full = replace(MEAL, code="X09", lines=(*MEAL.lines, RollLine("豆" * 400)))
    for kind in ("pdf", "tspl", "zpl"):
        with pytest.raises(LabelOverflow) as refused:
            print_job([MEAL, full], PRINTERS["60x40"], kind, title="t", language="zh_CN")
        assert refused.value.codes == ("X09",)
        assert refused.value.params["printer"] == "60x40"


def test_a_name_too_long_for_14_pt_is_refused() -> None:
    """Tests that a diner's name is not set smaller to fit, and that the refusal says that it is the name."""
    with pytest.raises(LabelOverflow) as refused:
        long = replace(MEAL, heading="阿卜杜热西提" * 5)
        print_job([long], PRINTERS["40x30"], "pdf", title="t", language="zh_CN")
    assert refused.value.too_long == {"X03-2": "阿卜杜热西提" * 5}
    assert "阿卜杜热西提" in str(refused.value.params["labels"])


def test_every_dish_of_the_example_fits_the_smallest_label() -> None:
    """Tests each dish's meal and sample at 40x30: name 14 pt, code 15 mm, the longest read from its dots."""
    printer, asked = PRINTERS["40x30"], ("food", "cooked", "eat_by", "eating")
    with (config_dir() / "dishes.csv").open(encoding="utf-8") as file:
        dishes = [Named(row["name_zh"], row["name_en"]) for row in csv.DictReader(file)]
    longest = set(sorted(dishes, key=lambda dish: len(dish.zh))[-12:])
    paper = papers.box_labels(1)
    (plain,) = paper.labels
    sample = SampleLabel("B07", dishes[0], None, plain.cooked_at, 125, 48, "")
    for number, dish in enumerate(dishes, 1):
        meal = replace(
            plain,
            dishes=(LabelDish(dish, Named("低盐", "Low salt"), 1),),
            for_diner="欧阳建国 LZ00042",
            diner_code="LZ00042",
            avoid=(Named("花生", "Peanuts"),),
            qr_text=f"{QR_TEXT}:{number}",
        )
        (told,) = box_rolls(replace(paper, labels=(meal,)), asked, "zh_CN")
        kept = replace(sample, dish=dish, qr_text=f"holdchain:sample:K1/2026-11-23/lunch:B{number:02d}:1")
        (of_sample,) = sample_rolls(SampleLabels(paper.head, (kept,)), ("amount", "taken"), "zh_CN")
        for label in (told, of_sample):
            sheet = layout(label, printer)
            assert sheet is not None
            assert sheet.code.qr.size_mm >= 15
            if dish in longest:
                assert said(raster(sheet, printer)) == [label.qr_text]
        sheet = layout(told, printer)
        assert sheet is not None and sheet.texts[0].size_pt >= 14
        assert "food" not in sheet.by_code


def test_what_finds_no_room_is_left_to_the_page_of_the_code() -> None:
    """Tests that no field goes without need, that the label says so, and that the print names the labels."""
    paper = papers.box_labels(12)
    rolls = box_rolls(paper, ("food", "cooked", "eat_by", "eating"), "zh_CN")
    job = print_job(rolls, PRINTERS["40x30"], "tspl", title="t", language="zh_CN")
    shorter = [roll for roll in rolls if layout(roll, PRINTERS["40x30"]).by_code]
    assert shorter
    for roll in shorter:
        sheet = layout(roll, PRINTERS["40x30"])
        assert set(sheet.by_code) <= {"eating", "cooked", "food"}
        printed = squeezed("".join(text.text for text in sheet.texts))
        told = {line.field: squeezed(line.text) in printed for line in roll.lines if line.field}
        assert told == {field: field not in sheet.by_code for field in told}
        assert "其余扫码" in squeezed("".join(text.text for text in sheet.texts))
    (found,) = [one for one in job.findings if one.code == "label_fields_by_code"]
    assert found.params["count"] == len(shorter)
    assert [said(image) for image in tspl_images(job.content)] == [[roll.qr_text] for roll in rolls]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_larger_label_holds_what_a_smaller_one_does(language: str) -> None:
    """Tests a box of a dozen dishes on each size: only its dishes are left to the code's page at 60x40."""
    paper = papers.box_labels(1)
    dishes = tuple(
        LabelDish(
            Named(f"山药烩鸡丁{number}", f"Chinese yam with diced chicken {number}"),
            Named("低盐", "Low salt"),
            6,
        )
        for number in range(12)
    )
    full = replace(paper, labels=(replace(paper.labels[0], dishes=dishes, for_diner="", diner_code=""),))
    for dpi in ("", "-300"):
        for size in ("40x30", "60x40", "80x60", "100x70"):
            printer = PRINTERS[size + dpi]
            fields = ("food", "cooked", "eat_by", "eating", *printer.also)
            (roll,) = box_rolls(full, fields, language)
            sheet = layout(roll, printer)
            assert sheet is not None, size
            assert size == "40x30" or set(sheet.by_code) <= {"food"}
            assert sheet.texts[0].size_pt >= 14 and sheet.code.qr.size_mm >= 15
            assert dpi or said(raster(sheet, printer)) == [roll.qr_text]


@pytest.mark.parametrize("sort", ["box", "meal"])
def test_the_labels_that_fit_are_printed_without_those_that_do_not(sort: LabelKind) -> None:
    """Tests that whoever wishes for the others gets them, with name and remedy of what is left out."""
    long = replace(MEAL, code="X09", heading="阿卜杜热西提" * 9)
    wish = LabelWish((sort,), "60x40", "zpl", "zh_CN", others=True)
    job = label_job([MEAL, long], (), sort, wish)
    assert job.labels == 1 and job.content.count(b"^XA") == 1
    assert job.left_out is not None and job.left_out.codes == ("X09",)
    words = say(job.left_out.coded, "zh_CN")
    assert "X09" in words and "未打印" in words and "--printer 80x60" in words
    for refused in (replace(wish, others=False), wish):
        with pytest.raises(LabelOverflow, match="label_overflow"):
            label_job([long] if refused.others else [MEAL, long], (), sort, refused)


def test_a_code_that_finds_no_room_is_none() -> None:
    """Tests that a long text has no code that a thermal printer can burn in 16 mm."""
    assert qr_for("x" * 300, 8.0, 16.0) is None


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_label_says_what_the_profile_asks(language: str) -> None:
    """Tests that food, time of making, time limit and way of eating stand on each label of a box."""
    fields = {"fields": ["食品名称", "加工制作时间", "食用时限", "食用方法"]}
    asked = asked_fields(
        packaged_printers(), {"label": {"container": fields}}, "box", "collective_meal_delivery"
    )
    assert asked == ("food", "cooked", "eat_by", "eating")
    paper = papers.box_labels(12)
    for label, roll in zip(paper.labels, box_rolls(paper, asked, language), strict=True):
        text = roll.heading + " ".join(line.text for line in roll.lines)
        assert all(dish.dish.called(language) in text for dish in label.dishes)
        assert "09:05" in text and "13:05" in text
        assert not label.avoid or all(one.called(language) in text for one in label.avoid)


def test_a_field_that_nobody_knows_stops_the_print() -> None:
    """Tests that a field that the profile asks for and no field of ours says is named, not left out."""
    with pytest.raises(BadInput, match="label_field_unknown"):
        profile = {"label": {"container": {"fields": ["生产批号"]}}}
        asked_fields(packaged_printers(), profile, "meal", "collective_meal_delivery")


def test_a_missing_glyph_is_told() -> None:
    """Tests that a character that the typefaces lack is printed by its code point and reported."""
    job = print_job([replace(MEAL, heading="王𠮷")], PRINTERS["100x70"], "zpl", title="t", language="zh_CN")
    assert [found.code for found in job.findings] == ["glyph_missing"]
