/* The rows of a list that are chosen: their number and sums, and choosing a stretch of them. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Chosen rows: their number and sums per currency
  const boxes = () => all(".list tbody .box input");
  const decimals = (currency) => {
    try { return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits; }
    catch { return 2; }
  };
  const signs = document.documentElement.dataset;
  const shown = (minor, currency) => {
    const places = decimals(currency);
    const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, signs.group);
    return `${minor < 0n ? "\u2212" : ""}${whole}${places ? signs.point + digits.slice(-places) : ""} ${currency}`;
  };
  const every = () => $("#all-that-match");
  const count = () => {
    const words = $("#chosen");
    if (!words) return;
    const chosen = boxes().filter((box) => box.checked);
    const page = $("[data-all]");
    page.checked = chosen.length > 0 && chosen.length === boxes().length;
    page.indeterminate = chosen.length > 0 && !page.checked;
    if (every()?.checked) {
      const { count, sums } = every().dataset;
      words.textContent = `${count} ${$(".list").dataset.chosen}`;
      $("#chosen-sums").textContent = sums.split("|").filter(Boolean).join(" · ");
      return;
    }
    const sums = new Map();
    chosen.forEach(({ dataset: { minor, currency } }) => {
      if (minor !== "") sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minor));
    });
    words.textContent = `${chosen.length} ${$(".list").dataset.chosen}`;
    $("#chosen-sums").textContent = [...sums].map(([currency, minor]) => shown(minor, currency)).join(" · ");
  };
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".list tbody .box input");
    if (box) {
      const rows = boxes();
      if (event.shiftKey && last && rows.includes(last)) {
        const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
        rows.slice(from, to + 1).forEach((row) => { row.checked = box.checked; });
      }
      last = box;
      if (every() && !box.checked) every().checked = false;
      count();
    }
    const whole = event.target.matches?.("#all-that-match");
    if (whole || event.target.matches?.("[data-all]")) {
      boxes().forEach((row) => { row.checked = event.target.checked; });
      if (!whole && every() && !event.target.checked) every().checked = false;
      count();
    }
  });
  document.addEventListener("reset", () => setTimeout(count));
  document.addEventListener("htmx:afterSwap", count);
  count();

  // A decision on many, a stretch at a time: each asks for the next. The rows beside it change with it.
  let inside = false, going = 0;
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!detail.elt.closest?.("#batch")) return;
    const rows = boxes().map((box) => box.closest("tr").id.replace("row-", ""));
    if (rows.length) detail.formData.set("rows", rows.join(","));
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (detail.elt.matches?.(".goes-on")) going += 1; });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    inside = !!document.activeElement?.closest("#batch");
    // The stretch under way comes back with where it was stopped; its place must not be gone by then.
    if (going && detail.requestConfig?.elt.matches?.(".stops")) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (!detail.target?.matches?.("#batch, #batch-now")) return;
    if (!$("#batch [data-asks]")) $("#bulk")?.reset();
    const wrong = $("#batch .errors") && ($("#batch [name=sure]") ?? $("#batch-note"));
    if (inside) (wrong ?? $("#batch-title"))?.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.elt.matches?.(".goes-on")) return;
    going -= 1;
    if (!(detail.xhr?.status < 400)) detail.elt.classList.add("halted");
  });
})();
