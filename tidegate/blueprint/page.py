"""The blueprint as a page of HTML that needs nothing else: Markdown made HTML, the sketch drawn, a little style.

What stands in the vendor file is text here: no markup of it comes through.
"""

from html import escape

from markdown_it import MarkdownIt

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; font-size: 90%; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--soft); } code, pre { background: var(--soft); border-radius: 3px; }
pre { padding: .7rem; overflow-x: auto; } code { padding: 0 .2em; } pre code { background: none; }
nav ul { columns: 2; } .sketch { max-width: 64rem; } .sketch rect { fill: var(--soft); stroke: currentColor; }
.sketch line { stroke: currentColor; } .sketch path { fill: currentColor; }
.sketch text { font-size: 11px; text-anchor: middle; fill: currentColor; } .sketch .on { font-size: 9px; }
"""


def page(title: str, markdown: str, drawing: str) -> str:
    """The page. `drawing` takes the place of the one Mermaid block; it is markup of ours."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    before, mark, rest = markdown.partition("```mermaid\n")
    after = rest.partition("\n```\n")[2] if mark else ""
    body = parser.render(before) + (drawing if mark else "") + parser.render(after)
    body = body.replace("<li>[ ] ", "<li>☐ ").replace("<li>[x] ", "<li>☑ ")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{body}</body></html>\n"
    )
