"""Diagrams with logarithmic axes, several beside one another, as SVG. Needs the standard library only."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 300, 230          # of a panel, in pixels
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 40, 40
LABEL = 13                        # height of the name of a curve
COLUMNS = 3
COLOURS = ["#1f5fa8", "#c4572b", "#3d8b4a", "#7a4fa3", "#8a7a1f"]


class Panel:
    """A diagram: curves of (x, y) points, dashed where they are a reference."""

    def __init__(self, title, x_label, y_label):
        self.title, self.x_label, self.y_label = title, x_label, y_label
        self.curves = []

    def add(self, label, points, dashed=False):
        points = [(x, y) for x, y in points if x > 0 and y > 0]
        if points:
            self.curves.append((label, points, dashed))


def _range(values):
    low, high = math.log10(min(values)), math.log10(max(values))
    margin = max(0.06 * (high - low), 0.1)
    return low - margin, high + margin


def _ticks(low, high):
    """1, 10, 100, ..., and 2 and 5 times these where they are few."""
    ticks = [factor * 10.0 ** e for e in range(math.floor(low), math.ceil(high) + 1) for factor in (1, 2, 5)]
    ticks = [t for t in ticks if low <= math.log10(t) <= high]
    if len(ticks) > 6:
        ticks = [t for t in ticks if abs(math.log10(t) - round(math.log10(t))) < 1e-9]
    return ticks


def _text(value):
    if value >= 1000:
        return "{:,.0f}".format(value)
    return "%g" % value


def _panel(panel, left, top):
    xs = [x for _, points, _ in panel.curves for x, _ in points]
    ys = [y for _, points, _ in panel.curves for _, y in points]
    (x_low, x_high), (y_low, y_high) = _range(xs), _range(ys)
    named = [curve for curve in panel.curves if curve[0]]
    x0, x1 = left + LEFT, left + WIDTH - RIGHT
    y0, y1 = top + HEIGHT - BOTTOM, top + TOP + LABEL * len(named)

    def place(x, y):
        return (x0 + (math.log10(x) - x_low) / (x_high - x_low) * (x1 - x0),
                y0 + (math.log10(y) - y_low) / (y_high - y_low) * (y1 - y0))
    out = ['<text x="%d" y="%d" font-weight="bold">%s</text>' % (left + 8, top + 16, escape(panel.title)),
           '<text x="%d" y="%d" fill="#555">%s</text>' % (left + 8, top + 31, escape(panel.y_label)),
           '<text x="%d" y="%d" fill="#555" text-anchor="middle">%s</text>' % (
               (x0 + x1) / 2, y0 + 32, escape(panel.x_label))]
    for tick in _ticks(x_low, x_high):
        x, _ = place(tick, 10 ** y_low)
        out.append('<path d="M%.1f %dV%d" stroke="#e2e2e2"/>' % (x, y0, y1))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (x, y0 + 15, _text(tick)))
    for tick in _ticks(y_low, y_high):
        _, y = place(10 ** x_low, tick)
        out.append('<path d="M%d %.1fH%d" stroke="#e2e2e2"/>' % (x0, y, x1))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>' % (x0 - 5, y + 4, _text(tick)))
    out.append('<path d="M%d %dV%dH%d" fill="none" stroke="#444"/>' % (x0, y1, y0, x1))
    for label, points, dashed in panel.curves:
        number = [c for c in panel.curves if not c[2]].index((label, points, dashed)) if not dashed else 0
        colour = "#999" if dashed else COLOURS[number % len(COLOURS)]
        path = "M" + "L".join("%.1f %.1f" % place(x, y) for x, y in points)
        out.append('<path d="%s" fill="none" stroke="%s" stroke-width="1.6"%s/>' % (
            path, colour, ' stroke-dasharray="4 3"' if dashed else ""))
        if not dashed:
            out += ['<circle cx="%.1f" cy="%.1f" r="2.6" fill="%s"/>' % (place(x, y) + (colour,)) for x, y in points]
        if label:
            y = top + TOP + 9 + LABEL * named.index((label, points, dashed))
            out.append('<text x="%d" y="%d" fill="%s">%s</text>' % (x0 + 8, y, colour, escape(label)))
    return out


def write(path, panels):
    """All panels, row by row, into one file."""
    panels = [p for p in panels if p.curves]
    columns = min(COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = columns * WIDTH, rows * HEIGHT
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
           'font-family="sans-serif" font-size="11" fill="#222">' % (width, height, width, height),
           '<rect width="%d" height="%d" fill="#fff"/>' % (width, height)]
    for i, panel in enumerate(panels):
        out += _panel(panel, i % columns * WIDTH, i // columns * HEIGHT)
    with open(path, "w") as f:
        f.write("\n".join(out + ["</svg>"]) + "\n")
