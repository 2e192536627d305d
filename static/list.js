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
  const shown = (minor, currency) => {
    const places = decimals(currency);
    const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${minor < 0n ? "\u2212" : ""}${whole}${places ? "." + digits.slice(-places) : ""} ${currency}`;
  };
  const count = () => {
    const words = $("#chosen");
    if (!words) return;
    const chosen = boxes().filter((box) => box.checked);
    const sums = new Map();
    chosen.forEach(({ dataset: { minor, currency } }) => {
      if (minor !== "") sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minor));
    });
    words.textContent = `${chosen.length} ${$(".list").dataset.chosen}`;
    $("#chosen-sums").textContent = [...sums].map(([currency, minor]) => shown(minor, currency)).join(" · ");
    const every = $("[data-all]");
    every.checked = chosen.length > 0 && chosen.length === boxes().length;
    every.indeterminate = chosen.length > 0 && !every.checked;
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
      count();
    }
    if (event.target.matches?.("[data-all]")) {
      boxes().forEach((row) => { row.checked = event.target.checked; });
      count();
    }
  });
  document.addEventListener("reset", () => setTimeout(count));
  document.addEventListener("htmx:afterSwap", count);
  count();
})();
