"""Charts for forms on paper, drawn on the server as SVG.

No browser, no script: what wkhtmltopdf gets is a picture, and every build of it draws
it alike. A column without a figure stays empty, as it has none.
"""

from base64 import b64encode

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Line, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

# Its widths place the texts; what draws them is the font of the forms.
FONT = "STSong-Light"
FORM_FONT = "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
FONT_SIZE, TITLE_SIZE = 11, 14  # px
WIDTH, HEIGHT = 360, 240  # px
TOP, RIGHT, BOTTOM, LEFT = 34, 14, 30, 58  # px around the plot
COLOR, SOFT, TARGET = HexColor("#2f5f8f"), HexColor("#b9c9d9"), HexColor("#c0392b")
MAX_LABEL = 12  # characters
FEW_BARS = 5  # places for bars at least, so that a single one is no block

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def draw_columns(title, labels, values, target=None):
    """Draw one column a label, the last one stressed; the target is a line.

    :param list values: numbers, or ``None`` where there is no figure
    :return: address of the picture
    """
    chart = VerticalBarChart()
    chart.groupSpacing = 3
    _place(chart, labels, values, target)
    for number in range(len(values)):
        style = chart.bars[0, number]
        style.fillColor = COLOR if number == len(values) - 1 else SOFT
        style.strokeColor = None
    return _finish(title, chart, target)


def draw_line(title, labels, values, target=None):
    """Draw the values as a line, for what has no size of its own, such as a share."""
    if not any(value is not None for value in values):
        return _finish(title)
    chart = HorizontalLineChart()
    _place(chart, labels, values, target, from_zero=False)
    chart.lines[0].strokeColor = COLOR
    chart.lines[0].strokeWidth = 2
    chart.lines[0].symbol = makeMarker("FilledCircle", size=5, fillColor=COLOR)
    return _finish(title, chart, target)


def draw_bars(title, labels, values):
    """Draw one bar a label, the first one on top, with its number."""
    chart = HorizontalBarChart()
    labels = [*labels, *[""] * (FEW_BARS - len(labels))]
    values = [*values, *[None] * (FEW_BARS - len(values))]
    chart.x, chart.y = LEFT + 60, 10
    chart.width, chart.height = WIDTH - chart.x - 34, HEIGHT - TOP - 10
    chart.data = [list(reversed(values))]
    chart.categoryAxis.categoryNames = [_cut(label) for label in reversed(labels)]
    chart.valueAxis.valueMin = 0
    chart.valueAxis.visible = False
    chart.bars[0].fillColor = COLOR
    chart.bars[0].strokeColor = None
    chart.barLabelFormat = "%d"
    chart.barLabels.nudge = 10
    chart.barLabels.fontName, chart.barLabels.fontSize = FONT, FONT_SIZE
    _set_font(chart.categoryAxis)
    return _finish(title, chart)


def _place(chart, labels, values, target, from_zero=True):
    """Give a chart its place, its data and its axes."""
    chart.x, chart.y = LEFT, BOTTOM
    chart.width, chart.height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    chart.data = [values]
    chart.categoryAxis.categoryNames = labels
    known = [value for value in (*values, target) if value is not None] or [0]
    low, high = min(known), max(known)
    room = (high - low or abs(high) or 1) / 10
    chart.valueAxis.valueMin = min(0, low) if from_zero else low - room
    chart.valueAxis.valueMax = high + room
    chart.valueAxis.labelTextFormat = _short
    chart.valueAxis.maximumTicks = 5
    chart.valueAxis.strokeColor = None
    chart.valueAxis.visibleGrid = True
    chart.valueAxis.gridStrokeColor = HexColor("#dddddd")
    for axis in (chart.categoryAxis, chart.valueAxis):
        _set_font(axis)


def _set_font(axis):
    axis.labels.fontName, axis.labels.fontSize = FONT, FONT_SIZE


def _finish(title, chart=None, target=None):
    """Put the title above the chart and return it as the address of a picture.

    Without a chart there is nothing to show: a dash stands for it.
    """
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.add(
        String(4, HEIGHT - TITLE_SIZE - 4, title, fontName=FONT, fontSize=TITLE_SIZE)
    )
    drawing.add(
        chart
        or String(WIDTH // 2, HEIGHT // 2, "–", fontName=FONT, fontSize=TITLE_SIZE)
    )
    if chart and target is not None:
        axis = chart.valueAxis
        share = (target - axis.valueMin) / (axis.valueMax - axis.valueMin)
        height = chart.y + share * chart.height
        drawing.add(
            Line(
                chart.x,
                height,
                chart.x + chart.width,
                height,
                strokeColor=TARGET,
                strokeDashArray=[5, 3],
            )
        )
    svg = renderSVG.drawToString(drawing).replace(FONT, FORM_FONT)
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _cut(label):
    return label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 1]}…"


def _short(value):
    """Return a number of an axis as it is read at a glance."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"
