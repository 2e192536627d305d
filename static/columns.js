/* Columns of a list: which, in what order and how wide, by pointer and by keyboard; and how high its rows are. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const NARROWEST = 40, WIDEST = 900;
  const within = (pixels) => Math.max(NARROWEST, Math.min(WIDEST, Math.round(pixels)));
  const say = (words) => { const place = $("#choosing [role=status]"); if (place) place.textContent = words; };

  const send = (url, fields) => {
    fields.set("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
    return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } });
  };
  const lost = () => document.dispatchEvent(new CustomEvent("htmx:sendError"));
  const again = () => htmx.ajax("GET", location.href, { target: "#results", select: "#results", swap: "outerHTML" });
  let kept = Promise.resolve();
  /* One after the other, in the order they were made. */
  const keep = (url, fields) => (kept = kept.then(() => send(url, fields)).catch(lost));

  // Rows
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("form[data-rows]");
    if (!form) return;
    event.preventDefault();
    const { value } = event.submitter;
    document.documentElement.dataset.density = value;
    all("[aria-pressed]", form).forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
    keep(form.getAttribute("action"), new Map([["density", value]]));
  });

  // Widths
  const colOf = (edge) => {
    const heading = edge.closest("th");
    return all("col", edge.closest("table"))[[...heading.parentElement.children].indexOf(heading)];
  };
  const widthOf = (edge) => Math.round(edge.closest("th").getBoundingClientRect().width);
  const edges = (table) => all("[data-edge]", table);
  /* As they are now, so that only the one that is drawn moves, and the one that takes what is left. */
  const freeze = (table) => {
    const wide = edges(table).map((edge) => [colOf(edge), widthOf(edge)]);
    wide.forEach(([col, pixels]) => { if (!col.matches(".c-customer, :not([width], [class^=c-])")) col.style.inlineSize = `${pixels}px`; });
  };
  const draw = (edge, pixels) => {
    colOf(edge).style.inlineSize = `${pixels}px`;
    edge.setAttribute("aria-valuenow", pixels);
  };
  const keepWidths = async (edge, pixels) => {
    const table = edge.closest("table"), name = edge.dataset.edge, fields = new Map();
    edges(table).forEach((one) => {
      const set = colOf(one).style.inlineSize;
      if (set) fields.set(`width-${one.dataset.edge}`, String(within(parseFloat(set))));
    });
    fields.set(`width-${name}`, pixels);
    const focused = document.activeElement === edge;
    const answer = await keep(table.dataset.columns, fields);
    if (!answer?.ok) return;
    await again();
    if (focused) $(`[data-edge=${name}]`)?.focus();
  };
  document.addEventListener("pointerdown", (event) => {
    const edge = event.target.closest?.("[data-edge]");
    if (!edge || event.button) return;
    event.preventDefault();
    const from = event.clientX, before = widthOf(edge), turned = getComputedStyle(edge).direction === "rtl" ? -1 : 1;
    let now = before;
    freeze(edge.closest("table"));
    edge.classList.add("held");
    edge.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => { now = within(before + (clientX - from) * turned); draw(edge, now); };
    const end = () => {
      edge.classList.remove("held");
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("pointerup", end);
      edge.removeEventListener("pointercancel", end);
      if (now !== before) keepWidths(edge, String(now));
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", end);
    edge.addEventListener("pointercancel", end);
  });
  document.addEventListener("dblclick", (event) => {
    const edge = event.target.closest?.("[data-edge]");
    if (edge) keepWidths(edge, "");
  });
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    const edge = event.target.closest?.("[data-edge]");
    const step = { ArrowLeft: -8, ArrowRight: 8 }[event.key];
    if (!edge || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!edge.classList.contains("moved")) freeze(edge.closest("table"));
    edge.classList.add("moved");
    const turned = getComputedStyle(edge).direction === "rtl" ? -1 : 1;
    const pixels = within(widthOf(edge) + step * turned * (event.shiftKey ? 5 : 1));
    draw(edge, pixels);
    clearTimeout(waiting);
    waiting = setTimeout(() => keepWidths(edge, String(pixels)), 600);
  });
  const measure = () => all("[data-edge]").forEach((edge) => edge.setAttribute("aria-valuenow", widthOf(edge) || 0));

  // The form of the columns, beside the list
  let pop = null, opener = "";
  const place = () => {
    if (pop) return pop;
    pop = document.createElement("div");
    pop.className = "columns-pop";
    pop.popover = "auto";
    pop.setAttribute("role", "dialog");
    document.body.append(pop);
    pop.addEventListener("toggle", ({ newState }) => {
      const { activeElement: now } = document;
      if (newState === "closed" && (!now || now === document.body || pop.contains(now))) $("[data-columns-of]")?.focus();
    });
    return pop;
  };
  const show = (html, link) => {
    place().innerHTML = html;
    pop.setAttribute("aria-label", link?.textContent.trim() ?? pop.getAttribute("aria-label"));
    $(".keep", pop).hidden = true;
    if (!pop.matches(":popover-open")) pop.showPopover();
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-columns-of]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    opener = link.href;
    try {
      const answer = await fetch(opener, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text(), link);
      $("input[type=checkbox]:not(:disabled)", pop)?.focus();
    } catch { location.assign(opener); }
  });
  const keepForm = async (form, extra = []) => {
    const fields = new URLSearchParams(new FormData(form));
    extra.forEach(([name, value]) => fields.set(name, value));
    const answer = await keep(form.getAttribute("action"), fields);
    if (!answer) return;
    if (answer.status === 422 || extra.length) show(await answer.text());
    if (answer.ok) { all(".errors", form).forEach((one) => one.remove()); again(); }
  };
  const told = (item) => {
    const items = [...item.parentElement.children];
    const words = { column: item.dataset.name, place: items.indexOf(item) + 1, all: items.length };
    say(item.parentElement.dataset.moved.replace(/%\((\w+)\)s/g, (_all, name) => words[name]));
  };
  document.addEventListener("change", (event) => {
    if (pop?.contains(event.target)) keepForm(event.target.form);
  });
  document.addEventListener("submit", (event) => {
    if (!pop?.contains(event.target)) return;
    event.preventDefault();
    const button = event.submitter, item = button?.closest("li");
    if (item) {
      const beside = button.name === "up" ? item.previousElementSibling : item.nextElementSibling;
      if (!beside) return;
      button.name === "up" ? beside.before(item) : beside.after(item);
      button.focus();
      if (document.activeElement !== button) $(".do:not([name=" + button.name + "])", item).focus();
      told(item);
      keepForm(event.target);
    } else keepForm(event.target, button?.name ? [[button.name, button.value]] : []);
  });
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".choosing .grip"), item = grip?.closest("li");
    if (!item || event.button) return;
    event.preventDefault();
    const before = [...item.parentElement.children].indexOf(item);
    item.classList.add("held");
    const move = ({ clientY }) => {
      const over = [...item.parentElement.children].find((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return one !== item && clientY >= top && clientY < bottom;
      });
      if (over) item.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING ? over.after(item) : over.before(item);
    };
    const end = () => {
      item.classList.remove("held");
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
      if ([...item.parentElement.children].indexOf(item) === before) return;
      told(item);
      if (pop?.contains(item)) keepForm(item.closest("form"));
    };
    // A captured pointer is lost with each move of its element.
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  });
  document.addEventListener("htmx:afterSwap", measure);
  measure();
})();
