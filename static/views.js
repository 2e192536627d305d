/* Filters that know their counts, the counts of pinned views, and where the focus goes when a chip is taken away. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Counts of the choices: asked for when a menu opens, and again when the filters change under an open one
  const asker = document.createElement("span");
  asker.hidden = true;
  asker.setAttribute("hx-sync", "this:queue last");
  asker.setAttribute("hx-push-url", "false");
  document.body.append(asker);
  const count = () => {
    const form = document.getElementById("filters");
    const names = all("#filters details[open][data-facets]").map((menu) => menu.dataset.facets).join(" ");
    if (!form || !names) return;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    query.set("of", names);
    htmx.ajax("GET", `/${location.pathname.split("/")[1]}/facets/?${query}`, { source: asker, target: asker, swap: "none" });
  };
  let soon;
  const countSoon = () => { clearTimeout(soon); soon = setTimeout(count); };
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches?.("#filters details[data-facets]")) countSoon();
  }, true);

  // Chips: the one that comes next gets the focus, else the number of rows
  let place = null;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    place = detail.elt.matches?.(".chip") ? all(".chip").indexOf(detail.elt) : null;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (["results", "list"].includes(detail.target?.id)) countSoon();
    if (place === null || detail.target?.id !== "list") return;
    const chips = all(".chip");
    const next = chips[place] ?? chips.at(-1) ?? document.querySelector("#results .number");
    if (next && !next.matches("a")) next.tabIndex = -1;
    next?.focus();
    place = null;
  });

  // Whatever was sent may have changed what the pinned views hold
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.requestConfig?.verb !== "get") document.body.dispatchEvent(new Event("desk:changed"));
  });
})();
