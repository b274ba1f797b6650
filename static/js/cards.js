// Reading an ID card 读身份证: the reader types into one field; what it read fills the form of the page, or opens the person.
"use strict";

(function () {
  const SEPARATED = /[\t,，、;；|｜]$/;

  document.addEventListener("click", (event) => {
    const template = document.querySelector("[data-card-dialog]");
    if (!template || !event.target.closest("[data-read-card]")) return;
    event.preventDefault();
    if (!document.querySelector("[data-card-open]")) open(template);
  });

  function open(template) {
    const dialog = template.content.firstElementChild.cloneNode(true);
    dialog.dataset.cardOpen = "";
    const form = dialog.querySelector("form");
    const field = form.elements.card;
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    field.addEventListener("keydown", keepTab);
    form.addEventListener("submit", (event) => {
      const target = document.querySelector("main [data-card-form]");
      if (!target) return;
      event.preventDefault();
      read(form).then((card) => (card.error ? refuse(dialog, card.error) : fill(target, card, dialog)));
    });
    dialog.showModal();
    field.focus();
  }

  // Readers may put a tab between number and name; twice in a row it still leads on, as everywhere.
  function keepTab(event) {
    const field = event.target;
    if (event.key !== "Tab" || event.shiftKey || !field.value || SEPARATED.test(field.value)) return;
    event.preventDefault();
    field.value += "|";
  }

  async function read(form) {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("fill", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body: sent });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) location.assign(elsewhere);
      return answer.ok && !elsewhere ? await answer.json() : { error: "没有读成，请重新放卡；仍不成功时请输入号码" };
    } catch {
      return { error: "没有连上服务器，请稍后重新放卡" };
    }
  }

  function refuse(dialog, sentence) {
    const field = dialog.querySelector("input:not([type=hidden])");
    dialog.querySelector(".error").textContent = sentence;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    field.select();
  }

  function fill(form, card, dialog) {
    dialog.close();
    Object.entries(card).forEach(([name, value]) => {
      const field = form.elements[name];
      if (!field || !value) return;
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const places = Array.from(form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]"));
    const next = places.slice(places.indexOf(form.elements.id_number) + 1).find((place) => place.type === "submit" || !place.value);
    if (next) next.focus();
  }
})();
