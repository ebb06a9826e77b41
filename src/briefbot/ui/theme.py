"""BriefBot's Gradio theme: every colour is a variable of assets/style.css, light and dark alike."""

from __future__ import annotations

from gradio.themes import Base

SANS = ("Avenir Next", "Segoe UI", "Source Sans 3", "Noto Sans", "Ubuntu", "sans-serif")
MONO = ("ui-monospace", "Cascadia Code", "DejaVu Sans Mono", "monospace")

_COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--ink-soft)",
    "background_fill_primary": "var(--paper)",
    "background_fill_secondary": "var(--surface)",
    "block_background_fill": "transparent",
    "border_color_primary": "var(--rule)",
    "border_color_accent": "var(--accent)",
    "color_accent_soft": "var(--accent-tint)",
    "link_text_color": "var(--accent)",
    "input_background_fill": "var(--surface)",
    "input_background_fill_focus": "var(--surface)",
    "input_border_color": "var(--rule-strong)",
    "input_border_color_focus": "var(--accent)",
    "input_placeholder_color": "var(--ink-soft)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_border_color_hover": "var(--accent-strong)",
    "button_primary_text_color": "var(--on-accent)",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "var(--accent-tint)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_border_color": "var(--rule-strong)",
}
_SHAPES = {
    "block_border_width": "0px",
    "block_shadow": "none",
    "block_padding": "0px",
    "input_border_width": "1px",
    "input_radius": "8px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "button_border_width": "1px",
}


def page_theme() -> Base:
    """Make the theme; its fonts are those of the reader's system, so none is fetched."""
    theme = Base(font=SANS, font_mono=MONO)
    dark = {f"{name}_dark": colour for name, colour in _COLOURS.items()}
    return theme.set(**_COLOURS, **dark, **_SHAPES)
