// Small helps on every page 辅助: one press one act, copying, printing, the menu. Pages work without it.
"use strict";

(function () {
  // The server's summary names every field at once, in our own words; the browser's bubbles would show one of them.
  document.querySelectorAll("main form").forEach((form) => { form.noValidate = true; });

  // A page that answers what was handed in is asked for anew by going back or reloading; nothing is handed in again.
  history.replaceState(history.state, "", location.href);

  // One press, one act: the server refuses a second one too, this only spares the person the question.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "repeatable" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After this turn, so that the pressed button's own value is still sent.
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; }));
  });

  // Coming back by the browser's own button shows the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
    });
  });

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => copy.classList.add("copied"));
    }
    const show = event.target.closest("[data-show-password]");
    if (show) {
      const field = document.getElementById(show.dataset.showPassword);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      show.textContent = shown ? "显示密码" : "隐藏密码";
      show.setAttribute("aria-pressed", String(!shown));
    }
    if (event.target.closest("[data-print]")) window.print();
    // The frame in which a paper is read takes its room when one is opened.
    if (event.target.closest("a[target=paper-frame]")) document.querySelectorAll(".paper-frame").forEach((frame) => frame.classList.add("opened"));
    document.querySelectorAll("[data-person-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const toggle = event.target.closest("[data-menu-toggle]");
    if (toggle) setMenu(!document.body.classList.contains("menu-closed"));
  });

  function setMenu(closed) {
    document.body.classList.toggle("menu-closed", closed);
    const toggle = document.querySelector("[data-menu-toggle]");
    if (toggle) toggle.setAttribute("aria-expanded", String(!closed));
    localStorage.setItem("menu", closed ? "closed" : "open");
  }

  // What a page asks by itself and finds unchanged stays, so that nobody is told it again.
  const told = new WeakMap();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, serverResponse } = event.detail;
    if (!elt || !("byItself" in elt.dataset)) return;
    if (told.get(elt) === serverResponse) event.detail.shouldSwap = false;
    told.set(elt, serverResponse);
  });

  document.querySelectorAll("[data-caps-hint]").forEach((field) => {
    const hint = document.getElementById(field.dataset.capsHint);
    const look = (event) => { hint.hidden = !(event.getModifierState && event.getModifierState("CapsLock")); };
    field.addEventListener("keydown", look);
    field.addEventListener("keyup", look);
    field.addEventListener("blur", () => { hint.hidden = true; });
  });

  if (localStorage.getItem("menu") === "closed") setMenu(true);
  const errors = document.querySelector("[data-error-summary]");
  if (errors) errors.focus();
})();
