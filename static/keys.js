/* Keys: none with Ctrl, Alt or Cmd, none while typing, none in a dialog, and none at all where somebody wants none. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const dialog = $("#keys");
  if (!dialog) return;
  const store = (value) => { try { return value === undefined ? localStorage.getItem("keys") : localStorage.setItem("keys", value); } catch { return null; } };

  // Rows
  const linkOf = (row) => row && ($("[data-panel]", row) ?? $("th a", row) ?? $("td a", row));
  const rows = () => all(".list tbody tr").filter(linkOf);
  const boxOf = (row) => row && $(".box input", row);
  const panel = () => $("#panel:not([hidden])");
  let last = ""; // the row that had the focus last
  let from = null; // where shift began
  const focused = () => document.activeElement?.closest?.(".list tbody tr") ?? null;
  const current = () => (panel() ? document.getElementById(`row-${panel().dataset.of}`) : focused() ?? (last && document.getElementById(last)) ?? null);
  const go = (row) => {
    linkOf(row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("focusin", () => { last = focused()?.id || last; });
  document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target?.matches?.("#results, #list")) last = ""; });

  const move = (by) => {
    from = null;
    if (panel()) return $(by > 0 ? "#panel-next" : "#panel-previous")?.click();
    const found = rows(), at = found.indexOf(current() ?? focused());
    const next = at < 0 ? found[0] : found[at + by];
    if (next) go(next);
  };
  const choose = (row, on) => { const box = boxOf(row); if (box && box.checked !== on) box.click(); };
  const extend = (by) => {
    const found = rows(), row = focused();
    if (!row || !boxOf(row) || panel()) return move(by);
    if (!from?.isConnected) { from = row; choose(row, true); }
    const at = found.indexOf(row), next = found[at + by], start = found.indexOf(from);
    if (!next) return;
    if (Math.abs(at + by - start) < Math.abs(at - start)) choose(row, false);
    choose(next, true);
    go(next);
  };
  const act = (name) => {
    const scope = panel() ?? current(), control = scope && $(`[data-act="${name}"]`, scope);
    const menu = control?.closest("details.menu");
    if (menu?.open) $("textarea", menu)?.focus();
    else control?.click();
  };

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    J: () => extend(1),
    K: () => extend(-1),
    x: () => { from = null; boxOf(current())?.click(); },
    a: () => act("approve"),
    r: () => act("reject"),
    u: () => act("reopen"),
    z: () => all("[data-undo]").at(-1)?.click(),
    "/": () => { const search = $("main [data-search]") ?? $("[data-search]"); search?.focus(); search?.select(); },
    "?": () => tell(),
  };
  const REPEATED = "jkJK";

  // g and a letter go to a place
  let going = 0;
  const place = (key) => $(`[data-go="${CSS.escape(key)}"]`, dialog)?.click();

  const tell = () => {
    all("[data-needs]", dialog).forEach((row) => { row.hidden = !$(row.dataset.needs); });
    all("[data-keys-of]", dialog).forEach((part) => { part.hidden = !$("[data-needs]:not([hidden]), [data-go]", part); });
    $("#single-keys").checked = store() !== "off";
    dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-keys]")) return;
    const menu = event.target.closest("details.menu");
    menu?.removeAttribute("open");
    if (menu) $("summary", menu).focus();
    tell();
  });
  $("#single-keys").addEventListener("change", ({ target }) => store(target.checked ? "on" : "off"));

  const busy = (event) => event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey
    || $("dialog[open], :popover-open")
    || event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], details.menu[open] > :not(summary)");
  document.addEventListener("keydown", (event) => {
    if (busy(event)) return;
    if (event.key === "Enter" && event.target.matches?.(".list .box input")) {
      event.preventDefault();
      linkOf(focused())?.click();
    }
    if (store() === "off" || event.key.length > 1) return;
    const gone = Date.now() - going < 1500;
    going = 0;
    if (gone) { event.preventDefault(); place(event.key.toLowerCase()); return; }
    if (event.key === "g") { going = Date.now(); return; }
    if (!Object.hasOwn(KEYS, event.key) || (event.repeat && !REPEATED.includes(event.key))) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  all("[data-keys]").forEach((button) => { button.hidden = false; });
})();
