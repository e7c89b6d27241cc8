"""The plot: wall seconds of each program on the reference work, as an SVG that follows the reader's light or dark mode."""
from xml.sax.saxutils import escape

FORMATS = {"parquet": "to Parquet", "csv": "to CSV"}
NAMES = {"veilpoint": "Veilpoint", "duckdb": "DuckDB", "polars": "Polars"}
WIDTH, LEFT, RIGHT, BAR, GAP = 820, 100, 170, 24, 8

STYLE = """
text { font: 14px system-ui, -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 }
.form { font-weight: 600 }
.caption { font-size: 12px; fill: #59636e }
.ours { fill: #0969da } .ours-text { font-weight: 600 }
.peer { fill: #afb8c1 }
.axis { stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .caption { fill: #9198a1 }
  .ours { fill: #4493f8 } .peer { fill: #545d68 } .axis { stroke: #3d444d }
}
"""


def wrapped(text, width=112):
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += word + " "
    return [line.strip() for line in lines]


def svg(walls, title, caption):
    """`walls` has, by format and program, the seconds and how many times those of Veilpoint they are; all bars have one
    scale, which begins at nought."""
    longest = max(wall for programs in walls.values() for wall, _ in programs.values())
    body, y = [f'<text class="title" x="0" y="20">{escape(title)}</text>'], 52
    for form, programs in walls.items():
        body.append(f'<text class="form" x="0" y="{y}">{FORMATS[form]}</text>')
        y += 12
        top = y
        for program, (wall, times) in programs.items():
            mine = program == "veilpoint"
            length = max(wall / longest * (WIDTH - LEFT - RIGHT), 1)
            said = f"{wall:.2f} s" + ("" if mine else f" ({times:.1f} × as long)")
            emphasis = ' class="ours-text"' if mine else ""
            body += [
                f'<text{emphasis} x="{LEFT - 10}" y="{y + 17}" text-anchor="end">{NAMES[program]}</text>',
                f'<rect class="{"ours" if mine else "peer"}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>',
                f'<text{emphasis} x="{LEFT + length + 8:.1f}" y="{y + 17}">{said}</text>',
            ]
            y += BAR + GAP
        body.append(f'<line class="axis" x1="{LEFT}" y1="{top - 4}" x2="{LEFT}" y2="{y - 4}"/>')
        y += 26
    for line in wrapped(caption):
        body.append(f'<text class="caption" x="0" y="{y}">{escape(line)}</text>')
        y += 18
    height = y - 4
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n' + "\n".join(body) + "\n</svg>\n")
