/* The panel beside the list of invoices: opened, walked and closed without losing the list or the place in it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  if (!$("#panel")) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wide = matchMedia("(min-width: 900px)");
  const plain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const here = (show) => {
    const url = new URL(location.href);
    url.searchParams.delete("show");
    if (show) url.searchParams.set("show", show);
    return url.pathname + url.search;
  };
  const shown = () => $("#panel").dataset.of ?? "";
  const rowOf = (pk) => (pk ? document.getElementById(`row-${pk}`) : null);
  let listed = here();
  let passed = ""; // the last row of the list that the panel has shown: further ones stand on other pages
  let pushed = false; // whether the list without the panel is one step back

  // Narrowing the list may wrap its tools: the rows stay where they are on the screen.
  const anchor = () => rowOf(shown()) ?? all(".list tbody tr").find((row) => row.getBoundingClientRect().bottom > 90);
  const steadied = (row, top) => { if (row?.isConnected) scrollBy(0, row.getBoundingClientRect().top - top); };
  const steady = (change) => {
    const row = anchor(), top = row?.getBoundingClientRect().top;
    change();
    steadied(row, top);
  };
  const mark = () => {
    all(".list tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
    const row = rowOf(shown());
    row?.setAttribute("aria-current", "true");
    passed = row ? shown() : passed;
    uncover();
  };
  // What the panel stands upon is no stop of the Tab key: nobody would see where they are.
  const uncover = () => {
    all("[data-covered]").forEach((one) => { one.tabIndex = 0; delete one.dataset.covered; });
    const edge = shown() && wide.matches ? $("#panel").getBoundingClientRect().left : Infinity;
    all(".list :is(a, [tabindex])").filter((one) => one.getBoundingClientRect().left > edge).forEach((one) => {
      one.tabIndex = -1;
      one.dataset.covered = "";
    });
  };
  addEventListener("resize", () => { if (shown()) uncover(); });

  const ask = (url, history) => htmx.ajax("GET", url, { source: "#panel", target: "#panel", swap: "outerHTML", ...history });
  const open = (pk) => {
    const url = here(pk), first = !shown();
    pushed ||= first;
    ask(url, { [first ? "push" : "replace"]: url });
  };
  const hide = () => {
    const panel = $("#panel");
    panel.hidden = true;
    panel.replaceChildren();
    panel.removeAttribute("aria-labelledby");
    delete panel.dataset.of;
    pushed = false;
    mark();
  };
  const close = () => {
    const row = rowOf(shown()) ?? rowOf(passed), inside = $("#panel").contains(document.activeElement);
    steady(hide);
    if (inside || document.activeElement === document.body) ($("[data-panel]", row ?? $("#results")) ?? $("#content")).focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  const shut = () => {
    if (pushed) history.back();
    else { history.replaceState(history.state, "", here()); close(); }
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || !plain(event)) return;
    const link = event.target.closest?.("#results [data-panel]");
    if (link && wide.matches) { event.preventDefault(); open(link.closest("tr").id.slice(4)); }
    if (event.target.closest?.("[data-panel-close]")) { event.preventDefault(); shut(); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
    if (event.key !== "Escape" || event.defaultPrevented || typing || !shown() || $("dialog[open], :popover-open")) return;
    event.preventDefault();
    shut();
  });
  // Back and forward between the list with and without the panel change the panel alone.
  addEventListener("popstate", (event) => {
    if (here() !== listed) return;
    event.stopImmediatePropagation();
    const show = new URLSearchParams(location.search).get("show");
    if (!show && shown()) close();
    else if (show && show !== shown()) ask(here(show));
  }, true);
  ["htmx:pushedIntoHistory", "htmx:replacedInHistory"].forEach((name) => {
    document.addEventListener(name, () => { listed = here(); });
  });

  let kept;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id === "panel") { const row = anchor(); kept = [row, row?.getBoundingClientRect().top]; }
  });
  // What is decided in one place shows in the other.
  const refresh = (path, target) => {
    const pk = path.match(/\/(\d+)\/[^?]*$/)?.[1], row = rowOf(pk);
    if (target.closest?.("tr") && pk === shown()) htmx.ajax("GET", `${path.match(/.*\/\d+\//)[0]}`, { source: "#panel", target: "#document", swap: "outerHTML" });
    else if (target.id === "document" && row) htmx.ajax("GET", `${path.match(/.*\/\d+\//)[0]}row/`, { source: row, target: row, swap: "outerHTML" });
  };
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const { target, requestConfig, pathInfo } = detail;
    if (target?.id === "panel" && kept) {
      steadied(...kept);
      kept = null;
      if (!$("#panel").contains(document.activeElement)) $("#panel-heading")?.focus({ preventScroll: true });
    }
    if (target?.matches?.("#results, #list") && shown()) steady(hide);
    if (requestConfig?.verb === "post" && shown() && target) refresh(pathInfo?.requestPath ?? "", target);
    mark();
    if (target?.id === "panel") rowOf(shown())?.scrollIntoView({ block: "nearest" });
  });
  // The document names itself in the heading of its own page; here that is the panel's.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target?.id !== "heading" || !shown()) return;
    event.preventDefault();
    $("#panel-heading").textContent = event.detail.fragment.textContent;
  });
  mark();
  rowOf(shown())?.scrollIntoView({ block: "nearest" });
})();
