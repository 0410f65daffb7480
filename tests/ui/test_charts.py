"""The geometry of the pictures, as numbers."""

from __future__ import annotations

from decimal import Decimal

from ui import charts

D = Decimal


def test_variance_bar_unfavourable_goes_right() -> None:
    bar = charts.variance_bar(D(21), 42, label="+21 %")
    assert (bar.x, bar.length, bar.zero, bar.tone, bar.is_cut) == (D(42), D(21), D(42), "u", False)


def test_variance_bar_favourable_goes_left() -> None:
    bar = charts.variance_bar(D("-10.5"), 42, label="−10.5 %")
    assert (bar.x, bar.length, bar.tone, bar.is_cut) == (D("31.5"), D("10.5"), "f", False)


def test_variance_bar_of_nothing_is_its_axis() -> None:
    for value in (None, 0, D("0.00")):
        bar = charts.variance_bar(value, 42, label="0")
        assert (bar.length, bar.tone, bar.is_cut) == (D(0), "", False)


def test_variance_bar_of_little_still_shows() -> None:
    assert charts.variance_bar(D("0.01"), 100, label="+<0.1 %").length == D(3)
    left = charts.variance_bar(D("-0.01"), 100, label="−<0.1 %")
    assert (left.x, left.length) == (D(39), D(3))


def test_variance_bar_beyond_its_scale_is_cut_and_marked() -> None:
    over = charts.variance_bar(D(548), 100, label="+548 %")
    assert (over.x, over.length, over.is_cut, over.mark) == (D(42), D(42), True, "M79 -1l-3 10")
    under = charts.variance_bar(D(-548), 100, label="−548 %")
    assert (under.x, under.length, under.is_cut, under.mark) == (D(0), D(42), True, "M5 -1l-3 10")


def test_variance_bar_exactly_full_is_not_cut() -> None:
    bar = charts.variance_bar(D(100), 100, label="+100 %")
    assert (bar.length, bar.is_cut) == (D(42), False)


def test_variance_bar_rounds_to_tenths_of_a_pixel() -> None:
    assert charts.variance_bar(D("37.8"), 100, label="").length == D("15.9")


def test_bar_scale_is_the_largest_within_bounds() -> None:
    assert charts.bar_scale([D("-37.8"), D(4), None]) == D("37.8")
    assert charts.bar_scale([D("0.2")]) == D(10)
    assert charts.bar_scale([D(548)]) == D(100)
    assert charts.bar_scale([D(548)], most=None) == D(548)
    assert charts.bar_scale([]) == D(10)


def test_nice_step_is_round() -> None:
    assert [charts.nice_step(span) for span in (1, 3, 4, 7, 30, 100, 120, 1300, 54_000)] == [
        1,
        1,
        1,
        2,
        10,
        50,
        50,
        500,
        20_000,
    ]


PARTS = (("usage", "Usage"), ("scrap", "Scrap"))


def picture(*weeks: charts.Week) -> charts.Picture:
    return charts.week_picture(weeks, PARTS, write=str, write_tick=str, width=272, height=134)


def test_week_picture_stacks_around_zero() -> None:
    drawn = picture(charts.Week("1 Sep", (300, 100)), charts.Week("8 Sep", (-100, 50)))
    # 400 above and 100 below in steps of 200: from 400 to -200, 100 pixels high, so six minor units to the pixel.
    assert [(tick.label, tick.y, tick.is_zero) for tick in drawn.ticks] == [
        ("400", D(10), False),
        ("200", D("43.3"), False),
        ("0", D("76.7"), True),
        ("-200", D(110), False),
    ]
    assert [(block.part, block.x, block.y, block.width, block.height) for block in drawn.blocks] == [
        ("usage", D(96), D("26.7"), D(36), D(50)),
        ("scrap", D(96), D(10), D(36), D("16.7")),
        ("usage", D(196), D("76.7"), D(36), D("16.7")),
        ("scrap", D(196), D("68.3"), D(36), D("8.3")),
    ]
    assert [(column.middle, column.net_y) for column in drawn.columns] == [(D(114), D(10)), (D(214), D(85))]
    assert drawn.blocks[1].title == "1 Sep, Scrap: 100"
    assert drawn.columns[1].net_title == "8 Sep, together: -50"


def test_week_picture_leaves_out_labels_that_would_touch() -> None:
    drawn = picture(*(charts.Week(str(number), (1, 1)) for number in range(8)))
    assert [column.label for column in drawn.columns if column.is_labelled] == ["1", "4", "7"]


def test_week_picture_of_nothing_has_an_axis() -> None:
    assert [tick.label for tick in picture().ticks] == ["1", "0"]
    quiet = picture(charts.Week("1 Sep", (0, 0)))
    assert quiet.blocks == ()
    assert quiet.columns[0].net_y == D(110)


def test_week_chart_says_in_words_what_it_draws() -> None:
    weeks = [charts.Week("1 Sep", (300, 100)), charts.Week("8 Sep", (-500, 50))]
    chart = charts.week_chart(weeks, PARTS, title="Variance by week", write=str)
    assert chart.description == "2 weeks, together -50. The largest: 8 Sep with -450."
    assert chart.rows == (
        charts.TableRow("1 Sep", ("300", "100"), "400"),
        charts.TableRow("8 Sep", ("-500", "50"), "-450"),
    )
    assert (chart.wide.width, chart.narrow.width) == (720, 344)
    assert charts.week_chart([], PARTS, title="", write=str).description == "0 weeks, together 0."
