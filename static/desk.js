/* What the pages can do beyond plain forms and links. Everything here is an extra: each page works without it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Messages
  const say = (words, level = "error") => {
    const toast = $("#message-shape").content.firstElementChild.cloneNode(true);
    toast.className = `toast ${level}`;
    if (level !== "error") toast.removeAttribute("role");
    $(".say", toast).textContent = words;
    $("#messages").append(toast);
    fade();
    return toast;
  };
  const fade = () => all("#messages .toast:not(.error):not([data-seen])").forEach((toast) => {
    toast.dataset.seen = "";
    setTimeout(() => toast.matches(":hover, :focus-within") || toast.remove(), 8000);
  });
  let waits;
  const announce = (words) => {
    clearTimeout(waits);
    $("#said").textContent = "";
    waits = setTimeout(() => { $("#said").textContent = words; }, 100);
  };

  // A decision that can be taken back says so in its message.
  const reopening = (pk) => $(`[formaction$="/${pk}/reopen/"], form[action$="/${pk}/reopen/"] button:enabled`);
  const offerUndo = (path) => {
    const pk = path.match(/\/(\d+)\/(?:approve|reject)\/$/)?.[1];
    if (!pk || !reopening(pk)) return;
    const words = $("#panel #decision > [role=status]")?.textContent;
    const toast = words ? say(words, "success") : all("#messages .toast.success").at(-1);
    if (!toast || $("[data-undo]", toast)) return;
    const undo = $("#undo-shape").content.firstElementChild.cloneNode(true);
    Object.assign(undo.dataset, { undo: pk, page: path.replace(/\w+\/$/, "") });
    $(".say", toast).after(undo);
  };
  const undo = (button) => {
    const control = reopening(button.dataset.undo);
    button.closest(".toast").remove();
    if (control) control.click();
    else location.assign(button.dataset.page);
  };

  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-close]")?.closest(".toast").remove();
    const back = event.target.closest?.("[data-undo]");
    if (back) undo(back);
    const shut = event.target.closest?.("dialog [data-shut]");
    if (shut) { event.preventDefault(); shut.closest("dialog").close(); }
    const dismiss = event.target.closest?.("[data-dismiss]");
    dismiss?.closest(dismiss.dataset.dismiss).remove();
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });

  // Focus: what had it before a swap has it afterwards, or else what stands nearest.
  const CAN = "a[href], button:enabled, summary, input:enabled:not([type=hidden]), select, textarea, [tabindex]";
  const step = (one) => {
    const alike = [...one.parentElement.children].filter((each) => each.localName === one.localName);
    return `${one.localName}:nth-of-type(${alike.indexOf(one) + 1})`;
  };
  const pathTo = (one) => {
    const steps = [];
    for (; one?.parentElement && !one.id; one = one.parentElement) steps.unshift(step(one));
    return one?.id ? [`#${CSS.escape(one.id)}`, ...steps].join(" > ") : "";
  };
  const focusOn = (path) => {
    for (const steps = path.split(" > "); steps.length; steps.pop()) {
      const near = $(steps.join(" > "));
      const one = near?.matches(CAN) ? near : near && $(CAN, near);
      one?.focus({ preventScroll: true });
      if (one && document.activeElement === one) return;
    }
    ($(`#results :is(${CAN})`) ?? $("#content")).focus({ preventScroll: true });
  };
  let held = "";
  // Who pressed the row's button stands on the next one; who used a key stands on the number, where Enter decides nothing.
  const afterDecision = (row, path) => {
    const next = /\/reopen\/$/.test(path) ? row : row?.nextElementSibling ?? row, scope = next ?? document;
    const button = held.startsWith("#do-") && $(".do", scope);
    (button || $("th a", scope) || $(".do", scope))?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };

  // Keys that every page has, whatever a person has switched off
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || $("dialog[open], :popover-open")) return;
    const menu = event.target.closest?.("details.menu[open]") ?? $("details.menu[open]");
    if (!menu) return;
    event.preventDefault();
    menu.removeAttribute("open");
    $("summary", menu).focus();
  });

  // htmx
  // A search already went out while it was typed; leaving the field must not send it again.
  document.addEventListener("change", (event) => { if (event.target.matches("[data-search]")) event.stopPropagation(); }, true);
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get") return;
    [...detail.formData.entries()].forEach(([name, value]) => { if (value === "") detail.formData.delete(name, value); });
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const open = detail.target?.matches?.("tr") ? "details[open], :popover-open" : ":popover-open, dialog[open]";
    const busy = detail.requestConfig.verb === "get" && detail.target && $(open, detail.target);
    if (busy) detail.shouldSwap = false;
    held = document.activeElement === document.body ? "" : pathTo(document.activeElement);
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const { target, requestConfig, xhr, pathInfo } = detail;
    const posted = requestConfig?.verb === "post", path = pathInfo?.requestPath ?? "", good = xhr?.status < 300;
    if (posted && good) offerUndo(path);
    if (posted && target?.matches("tr")) {
      const row = document.getElementById(target.id);
      if (good) afterDecision(row, path);
      else ($("textarea", row) ?? $(".do", row))?.focus({ preventScroll: true });
    }
    if (target?.matches?.("#many, #act")) all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    if (target?.id === "many") $("h2", target)?.focus();
    if (target?.id === "act") $("dialog", target)?.showModal();
    if (posted && target?.id === "document") ($("#document .errors") ?? (good && $("#panel-next")) ?? $("#do"))?.focus?.();
    if (target?.matches?.("#results, #list")) announce($("#results .number")?.textContent ?? "");
    all("[data-dismiss]").forEach((button) => { button.hidden = false; });
    all("details[open] textarea[name=note]").at(0)?.focus();
    if (held && document.activeElement === document.body) focusOn(held);
    retitle();
    fade();
  });
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches("details.menu")) return;
    target.classList.remove("turned");
    if (!target.open) return;
    // A menu that would stick out at the right opens to the left.
    const room = document.documentElement.clientWidth;
    target.classList.toggle("turned", $(".pop", target)?.getBoundingClientRect().right > room);
    $("textarea", target)?.focus();
  }, true);

  // The title carries the count that waits.
  const retitle = () => {
    const waiting = $("#waiting .pill")?.textContent.match(/\d[\d.,\s]*/)?.[0].trim();
    document.title = (waiting ? `(${waiting}) ` : "") + document.title.replace(/^\([^)]*\) /, "");
  };

  ["sendError", "timeout", "responseError"].forEach((name) => {
    document.addEventListener(`htmx:${name}`, () => say($("#lost-words").content.textContent));
  });
  fade();
  window.desk = { pathTo, focusOn };
})();
