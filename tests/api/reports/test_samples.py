"""Tests of all papers together."""

from dataclasses import replace
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader

from api.reports.production_facts import LeftOut
from api.reports.production_sheet import render as print_production
from api.reports.route_sheet import render as print_routes
from api.words import LOCALE, catalog, gettext
from tests.api.reports import papers

SAMPLES = papers.sample_papers()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_typeface_is_embedded(name: str):
    """Tests that a printer needs no font of its own."""
    for page in PdfReader(BytesIO(SAMPLES[name])).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "NotoSansSC" in font["/BaseFont"]
            assert "/FontFile2" in font["/FontDescriptor"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_is_a4(name: str):
    """Tests that each page is 210 x 297 mm, upright or across."""
    for page in PdfReader(BytesIO(SAMPLES[name])).pages:
        sides_mm = sorted(float(side) / 72 * 25.4 for side in (page.mediabox.width, page.mediabox.height))
        assert sides_mm == pytest.approx([210, 297], abs=0.1)


def test_the_file_says_its_language():
    """Tests that a screen reader is told the language of the paper."""
    languages = {name: PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"] for name, pdf in SAMPLES.items()}

    assert all(language == ("zh-CN" if "zh_CN" in name else "en") for name, language in languages.items())


def test_codes_of_the_papers_have_words_in_both_languages():
    """Tests that what is not English text has a translation in each file, with the same parameters."""
    texts = {}
    for language in papers.LANGUAGES:
        with (LOCALE / language / "reports.po").open("rb") as file:
            texts[language] = {str(m.id): str(m.string) for m in read_po(file) if m.id}

    codes = {msgid for msgid in texts["zh_CN"] if ":" in msgid.split(" ")[0] and msgid[0].islower()}
    assert codes == set(texts["en"])
    assert all(texts["zh_CN"].values()) and all(texts["en"].values())
    for msgid in codes:
        assert texts["zh_CN"][msgid].count("{") == texts["en"][msgid].count("{")


def test_every_text_on_paper_has_a_translation(monkeypatch: pytest.MonkeyPatch):
    """Tests that no English text is left on a Chinese paper."""
    asked = set()

    def recorded(msgid: str, language: str) -> str:
        asked.add(msgid)
        return gettext(msgid, language)

    monkeypatch.setattr("api.reports.wording.gettext", recorded)
    papers.sample_papers()
    lost = LeftOut("O1", "韦桂兰", papers.DISHES[0], 1)
    print_production(papers.production_sheet(left_out=(lost,)), "zh_CN")
    print_routes(replace(papers.route_sheets(), trips=()), "zh_CN")

    assert asked
    assert asked <= catalog("zh_CN").keys()
