"""The page's style sheet: sizes, spacing and cards of one visual language, colours by theme."""

from __future__ import annotations

from geo.codebook import Codebook
from pages import strings

# Braces of CSS are doubled nowhere: the text is joined, not formatted.
RULES = """
.stMainBlockContainer { padding: 4rem 1.4rem 1.5rem; max-width: none; }
/* The pages' names stand in the header, under which the page scrolls. */
.stAppHeader { background: var(--dl-page); height: 3.3rem; min-height: 0;
  border-bottom: 1px solid var(--dl-lines); }
[data-testid="stTopNavLinkContainer"] a { white-space: nowrap; }
[data-testid="stSidebarHeader"] { height: 3rem; margin: 0; padding-bottom: 0; }
[data-testid="stSidebarContent"] { padding-left: 1.15rem !important;
  padding-right: 1.15rem !important; }
[data-testid="stSidebarUserContent"] { padding: 0 0 1rem !important; }
/* On a phone the pages' names are in the sidebar, above the filters. */
[data-testid="stSidebarNav"] { padding: 0 !important; margin: 0 -6px 0.4rem; }
[data-testid="stSidebarNavItems"] { padding: 0 0 0.5rem; gap: 0; }
[data-testid="stSidebarHeader"] { padding-left: 0 !important; padding-right: 0 !important; }
section[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.35rem; }
section[data-testid="stSidebar"] .stSlider { margin: 2px 0 -14px; }
section[data-testid="stSidebar"] .stSlider [data-testid="stSliderTickBar"] { display: none; }
section[data-testid="stSidebar"] .stDateInput { display: flex; align-items: center; }
section[data-testid="stSidebar"] .stDateInput > label { width: 46px; min-height: 0; margin: 0; }
section[data-testid="stSidebar"] .stDateInput > label + div { flex: 1; }
:focus-visible { outline: 2px solid var(--dl-accent) !important; outline-offset: 1px; }

/* Reset and Copy link stay in sight however long the filters are. */
[data-testid="stSidebarUserContent"] { padding-bottom: 0 !important; }
[data-testid="stLayoutWrapper"]:has(> .st-key-foot) { position: sticky; bottom: 0; z-index: 2;
  margin: 4px -6px 0; padding: 8px 6px 12px; background: var(--dl-panel);
  border-top: 1px solid var(--dl-lines); }
.st-key-foot > * { flex: 1 !important; min-width: 0; }
[data-testid="stElementContainer"]:has(> style), .st-key-page-bridge,
[data-testid="stLayoutWrapper"]:has(> .st-key-undo-place),
.st-key-keyboard-bridge, [data-testid="stLayoutWrapper"]:has(> .st-key-keyboard-bridge),
.st-key-history-bridge, [data-testid="stLayoutWrapper"]:has(> .st-key-history-bridge),
.st-key-theme-bridge, [data-testid="stLayoutWrapper"]:has(> .st-key-theme-bridge),
.st-key-scroll-bridge, [data-testid="stLayoutWrapper"]:has(> .st-key-scroll-bridge),
[data-testid="stLayoutWrapper"]:has(> .st-key-page-bridge) { position: absolute; width: 0;
  height: 0; overflow: hidden; }

/* Compact filters: the two dates side by side, the types close together. */
section[data-testid="stSidebar"] .stCheckbox label { min-height: 0; }
/* Where some types are ticked, the others are left out, and look it. */
.st-key-types:has(.stCheckbox input:checked) .stCheckbox label:not(:has(input:checked)) {
  opacity: 0.62; }
button[kind^="primary"], button[kind^="primary"] p { color: var(--dl-page) !important; }
[data-testid="stCaptionContainer"] { opacity: 1; }
[data-testid="stCaptionContainer"] p { color: var(--dl-muted); }
.dl-not-drawn { min-height: 18px; line-height: 18px; }
.dl-running { font-size: 16px; font-weight: 650; color: var(--dl-text);
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.st-key-top { gap: 8px 24px; }
.st-key-top > * { flex: 0 1 auto !important; width: auto !important; }
.st-key-top > :last-child { flex: 1 0 auto !important; }
.st-key-top-buttons > * { flex: 0 0 auto !important; width: auto !important; }
/* One line, the counts breaking if they must, where there is room beside the buttons. */
@media (min-width: 1240px) { .st-key-top { flex-wrap: nowrap; } }
@media (max-width: 1239px) { .st-key-top-buttons { justify-content: flex-start; } }

.dl-facts.dl-facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px;
  margin: 0; padding: 0;
  font-size: 13px; line-height: 1.45; }
.dl-facts.dl-facts dt { color: var(--dl-muted); font-weight: 400; margin: 0; padding: 0; }
.dl-facts.dl-facts dd { margin: 0; padding: 0; color: var(--dl-text); overflow-wrap: anywhere; }
.st-key-coordinates pre { padding: 6px 10px; font-size: 13px; }
.st-key-coordinates button { opacity: 1 !important; }

.dl-head { font-size: 12px; font-weight: 650; letter-spacing: 0.05em; text-transform: uppercase;
  color: var(--dl-muted); margin: 8px 0 -2px; }
.dl-title { font-size: 19px; font-weight: 650; line-height: 1.25; margin: 0; color: var(--dl-text);
  overflow-wrap: anywhere; }
.dl-muted { color: var(--dl-muted); font-size: 13px; line-height: 1.45; margin: 0; }
.dl-note { color: var(--dl-muted); font-size: 12px; margin: 0; }

.dl-counts { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline;
  font-variant-numeric: tabular-nums; color: var(--dl-muted); font-size: 13px; }
.dl-counts b { font-size: 19px; font-weight: 650; color: var(--dl-text); margin-right: 4px; }
.dl-counts .dl-period b { font-size: 16px; }
/* With data sets there is one more: words under their numbers leave the buttons their room. */
@media (min-width: 1240px) and (max-width: 1599px) {
  .dl-counts:has(> :nth-child(6)) { gap: 4px 20px; line-height: 1.3; }
  .dl-counts:has(> :nth-child(6)) > span { display: flex; flex-direction: column; }
}

:root { --dl-map-height: clamp(380px, calc(100vh - 304px), 900px); }
.st-key-map-frame { min-height: var(--dl-map-height); border-radius: 12px;
  background: var(--dl-sea); overflow: hidden; position: relative; }
/* Over the map's frame until dateline.js has painted what is in it. */
.st-key-map-frame:not(:has(iframe[data-painted]))::after { content: var(--dl-loading) / "";
  position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none;
  background: var(--dl-sea); color: var(--dl-text); font-size: 13px; }
[class*="st-key-chart-"] { min-height: 124px; }
iframe[title^="streamlit_folium"] { height: var(--dl-map-height) !important; display: block;
  border: 1px solid var(--dl-lines); border-radius: 12px; background: var(--dl-sea); }
.stColumn:has(iframe[title^="streamlit_folium"]) [data-testid="stVerticalBlock"] { gap: 0.5rem; }
.st-key-panel { border-left: 1px solid var(--dl-lines); padding-left: 1.1rem; }
.stColumn:has(> div > div > .st-key-panel) > div { height: 100%; }
[data-testid="stLayoutWrapper"]:has(> .st-key-panel) { position: sticky; top: 4rem; }
/* What scrolls has room for the ring round what has the focus. */
.st-key-panel-scroll { max-height: calc(100vh - 7rem); overflow-y: auto; padding: 3px 6px 3px 3px;
  margin: -3px 0 0 -3px; }

/* A finger brushes across, and scrolls up and down. */
.stVegaLiteChart svg { touch-action: pan-y; }
/* It would lie over the buttons above; the files of Download have the numbers. */
.stElementContainer:has(.stVegaLiteChart) [data-testid="stElementToolbar"] { display: none; }
/* The chart's columns are clear but for the one that the pointer is over. */
.stVegaLiteChart .layer_1_marks path:hover { opacity: 0.12; fill: var(--dl-text); }
#vg-tooltip-element.vg-tooltip { background: var(--dl-page); font-variant-numeric: tabular-nums; }
#vg-tooltip-element.vg-tooltip td.key { text-align: left; max-width: none; }
#vg-tooltip-element.vg-tooltip td.value { text-align: right; }
.st-key-chronicle { background: var(--dl-panel); border: 1px solid var(--dl-lines);
  border-radius: 12px; padding: 6px 12px; }

/* What was done last, in sight wherever the reader is on the page, and nothing moves for it. */
.st-key-undo-place:not(:empty) { position: fixed; z-index: 60; bottom: 16px; left: 50%;
  transform: translateX(-50%); width: max-content; max-width: min(46rem, calc(100vw - 24px));
  padding: 6px 8px 6px 16px; background: var(--dl-page); border: 1px solid var(--dl-accent);
  border-radius: 12px; box-shadow: 0 4px 16px rgb(0 0 0 / 0.2); }
.stMainBlockContainer:has(.st-key-undo-bar) { padding-bottom: 7rem; } /* to scroll past it */
.st-key-undo-bar { flex-wrap: nowrap; gap: 4px; }
.st-key-undo-bar > :first-child { flex: 1 1 auto !important; width: auto !important; }
.st-key-undo-bar > :not(:first-child) { flex: 0 0 auto !important; width: auto !important; }

/* Choices one below the other are far enough apart to be hit, by a finger too. */
[data-testid="stRadioOption"] { min-height: 24px; align-items: center; }
@media (pointer: coarse) { [data-testid="stRadioOption"] { min-height: 36px; } }
/* What a correction would change and the button that does it, below a form that scrolls. */
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-act-foot-"]) { position: sticky;
  bottom: -20px; z-index: 1; margin-bottom: -10px; padding: 10px 0;
  background: var(--dl-page); border-top: 1px solid var(--dl-lines); }
[class*="st-key-act-foot-"] { flex-wrap: nowrap; }
[class*="st-key-act-foot-"] > :first-child { flex: 1 !important; min-width: 0; }
[class*="st-key-act-foot-"] > :last-child { flex: 0 0 auto !important; width: auto !important; }

.dl-changes del { color: var(--dl-muted); }
.dl-changes ins { background: var(--dl-chip); text-decoration: underline 2px var(--dl-accent); }
.dl-scroll { max-height: 320px; overflow-y: auto; border: 1px solid var(--dl-lines);
  border-radius: 12px; padding: 10px 14px; }
.dl-read { border-collapse: collapse; font-size: 13px; margin: 4px 0 0; }
.dl-read td { padding: 3px 14px 3px 0; vertical-align: baseline; }

.dl-why { background: var(--dl-chip); border-radius: 12px; padding: 10px 12px; font-size: 13px;
  line-height: 1.5; color: var(--dl-muted); overflow-wrap: anywhere; }
.dl-why b { color: var(--dl-text); font-weight: 650; }
.dl-why table { width: 100%; border-collapse: collapse; margin-top: 6px; font-size: 12px; }
.dl-why th { text-align: left; font-weight: 600; }
.dl-why td, .dl-why th { padding: 3px 6px 3px 0; border-top: 1px solid var(--dl-lines);
  vertical-align: top; }
.dl-why summary { cursor: pointer; margin-top: 4px; color: var(--dl-accent); }
.dl-why td:nth-child(2), .dl-why th { white-space: nowrap; font-variant-numeric: tabular-nums; }

.dl-events { margin: 0; }
.dl-event { border-top: 1px solid var(--dl-lines); padding: 12px 0 12px 18px; position: relative;
  font-size: 14px; line-height: 1.5; overflow-wrap: anywhere; }
.dl-event h3 { font-size: 14px !important; font-weight: 650; margin: 0; padding: 0;
  line-height: 1.4; color: var(--dl-text); }
.dl-event i.dl-dot { position: absolute; left: 0; top: 17px; }
.dl-dot { display: inline-block; width: 11px; height: 11px; border-radius: 3px;
  background: var(--dot); flex: none; }
.dl-event .dl-when { color: var(--dl-text); font-size: 13px; }
.dl-event .dl-when span { color: var(--dl-muted); }
.dl-event p.dl-sentence { margin: 4px 0; color: var(--dl-text); }
.dl-event a, .dl-link { color: var(--dl-accent); text-decoration: none; }
.dl-event a:hover { text-decoration: underline; }
u.dl-toponym { text-decoration: underline 2px var(--dl-accent); text-underline-offset: 3px;
  background: color-mix(in srgb, var(--dl-accent) 14%, transparent); border-radius: 3px;
  padding: 0 1px; }
u.dl-trigger { text-decoration: underline dotted 2px; text-underline-offset: 3px; }
.dl-review-confirmed { color: var(--dl-accent); font-weight: 600; }
.dl-review-disputed { color: var(--dl-text); font-weight: 600; }
.dl-review-rejected { text-decoration: line-through; }
.dl-around summary { cursor: pointer; color: var(--dl-accent); font-size: 13px; }
.dl-around p { margin: 4px 0; color: var(--dl-muted); font-size: 13px; }
.dl-around p b { color: var(--dl-text); font-weight: 400; }
.dl-at { background: var(--dl-chip); box-shadow: -4px 0 0 var(--dl-accent); scroll-margin: 30vh; }
.dl-confidence { display: flex; align-items: center; gap: 8px; font-size: 12px;
  color: var(--dl-muted); font-variant-numeric: tabular-nums; margin-top: 2px; }
.dl-bar { width: 36px; height: 4px; border-radius: 2px; background: var(--dl-lines);
  overflow: hidden; display: inline-block; }
.dl-bar span { display: block; height: 100%; background: var(--dl-accent); }

.dl-empty { border: 1px dashed var(--dl-lines); border-radius: 12px; padding: 20px;
  background: var(--dl-panel); }
.dl-empty ul { margin: 6px 0 0; overflow-wrap: anywhere; }
.dl-unlocated { border-top: 1px solid var(--dl-lines); padding: 8px 0; font-size: 13px;
  line-height: 1.45; overflow-wrap: anywhere; }

.dl-text { font-size: 15px; line-height: 1.7; max-width: 72ch; white-space: pre-wrap;
  overflow-wrap: anywhere; color: var(--dl-text); }
.dl-text a, .dl-text mark { color: inherit; border-radius: 3px; padding: 0 1px; }
.dl-text a, .dl-text .dl-located {
  background: color-mix(in srgb, var(--dl-accent) 14%, transparent);
  text-decoration: underline 2px var(--dl-accent); text-underline-offset: 3px; }
.dl-text .dl-weak { background: none; text-decoration-style: dashed;
  text-decoration-thickness: 1.5px; }
.dl-text mark { background: none; text-decoration: underline dotted 2px var(--dl-muted);
  text-underline-offset: 3px; }
.dl-key { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 12px; color: var(--dl-muted); }
.dl-key .dl-text { font-size: 12px; line-height: 1.5; }

.dl-table { width: 100%; border-collapse: collapse; font-size: 13px; line-height: 1.45; }
.dl-table th { text-align: left; white-space: nowrap; color: var(--dl-muted); font-weight: 600;
  font-size: 12px; }
.dl-table th, .dl-table td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--dl-lines);
  vertical-align: top; overflow-wrap: anywhere; }
.dl-table .dl-dot { margin-right: 8px; }
.dl-table code { font-size: 12px; background: none; color: var(--dl-text); padding: 0; }
.dl-scroll { overflow-x: auto; }

@media (max-width: 900px) {
  .stColumn:has(iframe[title^="streamlit_folium"]) [data-testid="stVerticalBlock"] { gap: 0.5rem; }
  /* A screen high, so that a tap on the map can scroll to its top before it has been filled. */
  .st-key-panel { border-left: 0; padding-left: 0; border-top: 1px solid var(--dl-lines);
    padding-top: 12px; scroll-margin-top: 3.2rem; min-height: calc(100svh - 3.2rem); }
  [data-testid="stLayoutWrapper"]:has(> .st-key-panel) { position: static; }
  .st-key-panel-scroll { max-height: none; }
  :root { --dl-map-height: min(62vh, 460px); }
}
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 0.9rem; padding-right: 0.9rem; }
  .dl-counts { gap: 2px 16px; }
  .dl-counts b { font-size: 16px; }
  .dl-table { min-width: 680px; } /* scrolls sideways, rather than a word a line */
}
"""

# One row per event type: its colour, its name, and the count on the right. The box of the tick is
# the swatch, so colour and control are one thing.
TYPE_ROW = """
.st-key-SLUG { width: 100% !important; }
.st-key-SLUG .stCheckbox { width: 100%; }
.st-key-SLUG label { width: calc(100% + 12px); align-items: flex-start; gap: 8px;
  padding: 2px 6px; border-radius: 6px; margin: 0 -6px; }
.st-key-SLUG label > div:not([data-testid]) { background-color: COLOUR !important;
  border-color: COLOUR !important; width: 13px; height: 13px; min-width: 13px; border-radius: 4px;
  margin: 3px 0 0; flex: none; }
.st-key-SLUG [data-testid="stWidgetLabel"],
.st-key-SLUG [data-testid="stMarkdownContainer"] { flex: 1; margin: 0; padding: 0; width: 100%; }
.st-key-SLUG label p { text-align: justify; text-align-last: justify; font-size: 13.5px;
  line-height: 1.4; font-variant-numeric: tabular-nums; }
.st-key-SLUG label:has(input:checked) { background: var(--dl-chip); font-weight: 650; }
"""


def page_css(codebook: Codebook, *, dark: bool) -> str:
    """The style element for a theme; the same whatever is chosen, so that it is sent once."""
    surfaces = codebook.surfaces_dark if dark else codebook.surfaces_light
    variables = "".join(f"--dl-{name}:{colour};" for name, colour in surfaces.items())
    variables += f'--dl-loading:"{strings.MAP_LOADING}";'
    rows = ""
    for kind in codebook.types:
        colour = kind.colour_dark if dark else kind.colour_light
        rows += TYPE_ROW.replace("SLUG", kind.slug).replace("COLOUR", colour)
    scheme = "dark" if dark else "light"
    return f"<style>:root{{{variables}color-scheme:{scheme}}}{RULES}{rows}</style>"
