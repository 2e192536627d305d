/* Where somebody stood in a list: back, forward and reloading lead to the same rows, chosen and focused as they were. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  if (!$("#results")) return;
  history.scrollRestoration = "manual";
  const KEPT = 50;
  const key = () => window.navigation?.currentEntry?.key ?? location.href;
  const read = () => { try { return JSON.parse(sessionStorage.getItem("places")) ?? []; } catch { return []; } };
  let leaving = false;

  const keep = () => {
    if (leaving) return;
    const one = document.activeElement;
    const place = {
      y: scrollY,
      chosen: all(".list tbody .box :checked").map((box) => box.closest("tr").id),
      focus: one?.closest("main") && one.id !== "content" ? window.desk.pathTo(one) : "",
    };
    const others = read().filter(([name]) => name !== key());
    try { sessionStorage.setItem("places", JSON.stringify([[key(), place], ...others].slice(0, KEPT))); } catch { /* no room, no place */ }
  };
  const back = () => {
    const place = read().find(([name]) => name === key())?.[1];
    if (!place) return;
    place.chosen.forEach((id) => {
      const box = $(`#${CSS.escape(id)} .box input`);
      if (box && !box.checked) box.click();
    });
    if (place.focus) $(place.focus)?.focus({ preventScroll: true });
    scrollTo(0, place.y);
  };

  let waits;
  const soon = () => { clearTimeout(waits); waits = setTimeout(keep, 100); };
  ["scroll", "focusin", "click", "change"].forEach((name) => document.addEventListener(name, soon, { passive: true }));
  document.addEventListener("htmx:beforeHistorySave", () => { clearTimeout(waits); keep(); });
  addEventListener("pagehide", keep);
  addEventListener("popstate", () => { leaving = true; }, true);
  addEventListener("pageshow", (event) => {
    leaving = false;
    // A page that was only put aside shows what has been decided since.
    if (event.persisted) htmx.ajax("GET", location.href, { target: "#results", select: "#results", swap: "outerHTML" }).then(back);
  });
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (how === "reload" || how === "back_forward") back();
})();
