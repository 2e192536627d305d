/* What the pages can do beyond plain forms and links. Everything here is an extra: each page works without it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Messages
  const say = (words, level = "error") => {
    const toast = $("#message-shape").content.firstElementChild.cloneNode(true);
    toast.className = `toast ${level}`;
    $(".say", toast).textContent = words;
    $("#messages").append(toast);
    fade();
  };
  const fade = () => all("#messages .toast:not(.error):not([data-seen])").forEach((toast) => {
    toast.dataset.seen = "";
    setTimeout(() => toast.matches(":hover, :focus-within") || toast.remove(), 8000);
  });

  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-close]")?.closest(".toast").remove();
    const shut = event.target.closest?.("dialog [data-shut]");
    if (shut) { event.preventDefault(); shut.closest("dialog").close(); }
    const dismiss = event.target.closest?.("[data-dismiss]");
    dismiss?.closest(dismiss.dataset.dismiss).remove();
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });

  // Keys: none with Ctrl, Alt or Cmd, none while typing
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details.menu[open]") ?? $("details.menu[open]");
      if (menu) { menu.removeAttribute("open"); $("summary", menu).focus(); }
    }
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = $("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
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
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const { target, requestConfig, xhr } = detail;
    if (requestConfig?.verb === "post" && target?.matches("tr")) {
      const row = document.getElementById(target.id);
      const next = xhr.status < 300 ? row?.nextElementSibling ?? row : row;
      ($(".do", next ?? document) ?? $("th a", next ?? document))?.focus({ preventScroll: false });
    }
    if (target?.matches?.("#many, #act")) all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    if (target?.id === "many") $("h2", target)?.focus();
    if (target?.id === "act") $("dialog", target)?.showModal();
    if (requestConfig?.verb === "post" && target?.id === "document") ($("#document .errors") ?? $("#do"))?.focus?.();
    all("[data-dismiss]").forEach((button) => { button.hidden = false; });
    all("details[open] textarea[name=note]").at(0)?.focus();
    fade();
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches("details.menu")) $("textarea", target)?.focus();
  }, true);
  document.addEventListener("htmx:sendError", () => say($("#lost-words").content.textContent));
  document.addEventListener("htmx:timeout", () => say($("#lost-words").content.textContent));
  document.addEventListener("htmx:responseError", () => say($("#lost-words").content.textContent));
  fade();
})();
