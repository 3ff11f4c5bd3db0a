"""Sample statements of an invented town."""

from datetime import UTC, date, datetime, timedelta

from api.reports.facts import Named
from api.reports.statement_facts import (
    Asset,
    Assumption,
    OtherOption,
    PaperLine,
    SignatureBox,
    StatementPaper,
)

MEAL = Named("午晚餐补贴", "Meal subsidy")
TOWN = Named("示例镇人民政府", "Example town government")
DISTRICT = Named("区民政局", "District civil-affairs bureau")
SITE = Named("示例路长者饭堂", "Example Road canteen")
NAMES = ("韦桂兰", "李四", "张三", "覃秀英", "黄家驹")
FIRST_ON = date(2023, 4, 3)


def line(number: int, **others) -> PaperLine:
    """A lunch of 5.00 yuan."""
    facts = {
        "line_no": number,
        "service_on": FIRST_ON + timedelta(number // 12),
        "order_code": f"{FIRST_ON:%Y%m%d}-{number:04d}",
        "diner": NAMES[number % 5],
        "diner_code": f"CP{number % 5:03d}",
        "site": SITE,
        "benefit": MEAL,
        "amount_fen": 500,
        "revision": 1,
        "held": number == 7,
        "adjusts": "",
    }
    return PaperLine(**facts | others)


def paper(count: int = 130, **others) -> StatementPaper:
    """A quarter's statement with so many lunches, one held, and one adjustment."""
    some = [line(number) for number in range(1, count + 1)]
    if count:
        some.append(line(count + 1, service_on=date(2023, 2, 2), amount_fen=-500, adjusts="2023-Q1/17"))
    facts = {
        "number": "3F9A-0017",
        "programme": Named("示例区养老助餐服务管理办法（试行）", "Example district meal service rules"),
        "title": MEAL,
        "payer": TOWN,
        "payee": SITE,
        "period": "2023-Q2",
        "from_on": date(2023, 4, 1),
        "to_on": date(2023, 6, 30),
        "due_on": date(2023, 7, 30),
        "version": 2,
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "revisions": (1, 2),
        "lines": some,
        "total_fen": sum(one.amount_fen for one in some if not one.held),
        "held_fen": sum(one.amount_fen for one in some if one.held),
        "assumptions": (
            Assumption(
                "C2",
                "在就餐消费额度超过就餐补贴标准时方可享受",
                Named("恰好 5.00 元是否算“超过”？", "Is exactly 5.00 enough?"),
                Named(
                    "单笔付款超过5.00元（不含本数）才享受",
                    "Only when the single payment is more than 5.00 yuan",
                ),
                (OtherOption(Named("达到5.00元（含本数）即享受", "5.00 yuan or more"), 1500),),
            ),
        ),
        "signatures": (
            SignatureBox(DISTRICT, "王小明", datetime(2023, 7, 3, 1, 5, tzinfo=UTC)),
            SignatureBox(Named("区财政局", "District finance bureau")),
            SignatureBox(TOWN),
        ),
        "checks": (Named("第三方监管机构", "Third-party monitor"), TOWN),
        "assets": (),
        "state": "submitted",
        "defaults": ("settlement.diner-subsidy.due", "benefit.meal-5.mode"),
        "default_words": (
            Named("支付期限", "when a period's statement is due"),
            Named("付款时抵扣或事后返还", "taken off at payment, or paid back to the diner"),
        ),
        "fund": Named("专户管理、专款专用", "Special account"),
        "zone": "Asia/Shanghai",
        "printed_at": datetime(2023, 7, 4, 2, 30, tzinfo=UTC),
    }
    return StatementPaper(**facts | others)


GRANT = {
    "title": Named("建设补助", "Set-up grant"),
    "period": "once",
    "from_on": date(2020, 9, 15),
    "to_on": date(2020, 9, 15),
    "due_on": None,
    "lines": [
        line(
            1,
            service_on=date(2020, 9, 15),
            order_code="",
            diner="",
            diner_code="",
            amount_fen=2_000_000,
            benefit=Named("建设补助", "Set-up grant"),
        )
    ],
    "total_fen": 2_000_000,
    "held_fen": 0,
    "assumptions": (),
    "checks": (),
    "assets": (
        Asset("双门蒸饭柜", "餐厨设施", 1_280_000, DISTRICT),
        Asset("门头标识牌", "标识牌匾", 320_000, DISTRICT),
    ),
}
