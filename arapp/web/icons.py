"""The desk's own icons: paths in a 16 by 16 box, drawn with a line of 1.4."""

ICONS: dict[str, str] = {
    "dashboard": '<path d="M2.5 9.5h4v4h-4zM9.5 6.5h4v7h-4zM2.5 2.5h4v4h-4zM9.5 2.5h4v1h-4z"/>',
    "invoices": '<path d="M3.5 1.5h9v13l-2-1.3-2.5 1.3-2.5-1.3-2 1.3zM6 5h4M6 8h4"/>',
    "customers": '<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13.5c.4-2.6 2-4 4.5-4s4.1 1.4 4.5 4'
    'M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12.2 9.9c1.3.6 2 1.8 2.3 3.6"/>',
    "items": '<path d="m8 1.8 5.7 3v6.4L8 14.2l-5.7-3V4.8zM2.5 4.9 8 7.8l5.5-2.9M8 7.8v6.3"/>',
    "payments": '<path d="M1.5 4h13v8.5h-13zM1.5 7h13M4 10h3"/>',
    "decisions": '<path d="M8 1.8 13.5 4v4c0 3.2-2.2 5.2-5.5 6.5C4.7 13.2 2.5 11.2 2.5 8V4z"/>'
    '<path d="M5.5 8l1.8 1.8L10.5 6.5"/>',
    "sources": '<path d="M4.5 8.5v-6M4.5 13.5v-1.5M11.5 13.5v-6M11.5 4v-1.5"/>'
    '<circle cx="4.5" cy="10.2" r="1.7"/><circle cx="11.5" cy="5.8" r="1.7"/>',
    "people": '<circle cx="8" cy="5" r="2.7"/><path d="M2.5 14c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5"/>',
    "search": '<circle cx="7" cy="7" r="4.3"/><path d="m10.3 10.3 3.2 3.2"/>',
    "down": '<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>',
    "up": '<path d="m4.5 9.5 3.5-3.5 3.5 3.5"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "download": '<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11"/>',
    "file": '<path d="M4 1.5h5.5L12.5 4.5v10H4zM9.5 1.5v3h3"/>',
    "away": '<path d="M9.5 2.5h4v4M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4"/>',
    "out": '<path d="M6.5 2.5h-4v11h4M9.5 5l3 3-3 3M12.5 8H6"/>',
    "more": '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2"/>',
    "check": '<path d="m3 8.5 3.3 3.3L13 5"/>',
    "columns": '<path d="M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11"/>',
    "compact": '<path d="M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11M2.5 12.5h11"/>',
    "comfortable": '<path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h11"/>',
    "grip": '<path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" stroke-width="2"/>',
    "clock": '<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.5"/>',
}
