/* The search box of every page: results drop down while somebody types; arrows walk them, Esc closes them. */
(() => {
  "use strict";
  const form = document.querySelector("#finder");
  if (!form) return;
  const box = form.querySelector("#find"), drop = form.querySelector("#finds");
  const links = () => [...drop.querySelectorAll("a")];
  const show = (on) => { drop.hidden = !on; };
  const fill = () => show(box.value.trim() !== "" && drop.childElementCount > 0 && form.contains(document.activeElement));

  box.addEventListener("input", () => { if (!box.value.trim()) { drop.replaceChildren(); show(false); } });
  box.addEventListener("focus", fill);
  document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target === drop) fill(); });
  form.addEventListener("focusout", ({ relatedTarget }) => { if (!form.contains(relatedTarget)) show(false); });
  document.addEventListener("pointerdown", ({ target }) => { if (!form.contains(target)) show(false); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !drop.hidden) {
      event.preventDefault();
      event.stopPropagation();
      box.focus();
      show(false);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || drop.hidden) return;
    const found = [box, ...links()];
    event.preventDefault();
    found[(found.indexOf(document.activeElement) + step + found.length) % found.length].focus();
  });
  form.addEventListener("submit", () => show(false));
})();
