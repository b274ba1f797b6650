// Before a sign-in ends the person is asked; what was typed is kept by the server and put back 会话与填写内容.
"use strict";

(function () {
  const WARN_SECONDS = 120;
  const LOOK_EVERY = 1000;

  const signIn = document.querySelector("[data-time-out]");
  if (signIn) watch(signIn.dataset.address, Number(signIn.dataset.timeOut));
  const kept = document.querySelector("[data-draft]");
  if (kept) putBack(JSON.parse(kept.dataset.draft));

  // The end is shared by the windows of one browser: work in one of them keeps all of them signed in.
  function watch(address, leftNow) {
    const ask = question();
    const setEnd = (left) => localStorage.setItem("signed-in-until", String(Date.now() + left * 1000));
    const secondsLeft = () => Math.ceil((Number(localStorage.getItem("signed-in-until")) - Date.now()) / 1000);
    let asking = false;
    setEnd(leftNow);

    async function askServer(headers) {
      asking = true;
      try {
        const answer = await fetch(address, { method: "POST", headers: { "HX-Request": "true", ...headers }, body: typed() });
        const signIn = answer.headers.get("HX-Redirect");
        if (signIn) {
          location.assign(signIn);
          return;
        }
        if (answer.ok) setEnd((await answer.json()).left);
      } catch {
        // Without a connection there is nothing to end; the next look asks again.
      }
      asking = false;
    }

    // What a page asks by itself rests in a window nobody sees, and near the end, so that it never ends the sign-in
    // before what was typed is handed over.
    document.addEventListener("htmx:beforeRequest", (event) => {
      const byItself = "byItself" in event.detail.elt.dataset;
      if (byItself && (document.hidden || secondsLeft() <= WARN_SECONDS)) event.preventDefault();
    });

    setInterval(() => {
      if (asking) return;
      const left = secondsLeft();
      if (left <= 0) askServer({ "HPF-By-Itself": "1" });
      if (left > WARN_SECONDS && ask.open) ask.close();
      if (left <= WARN_SECONDS && !ask.open) ask.showModal();
      ask.querySelector("[data-seconds]").textContent = String(Math.max(left, 0));
    }, LOOK_EVERY);

    ask.querySelector("[data-stay]").addEventListener("click", async () => {
      await askServer({});
      if (!asking && secondsLeft() > WARN_SECONDS) ask.close();
    });
    // Esc means "I am here" as well.
    ask.addEventListener("cancel", () => { askServer({}); });
  }

  function question() {
    const made = document.createElement("dialog");
    made.className = "frame-dialog";
    made.setAttribute("role", "alertdialog");
    made.setAttribute("aria-labelledby", "time-out-title");
    made.setAttribute("aria-describedby", "time-out-text");
    made.innerHTML = `<h2 id="time-out-title">即将自动退出</h2>
      <p id="time-out-text">您已较长时间没有操作，为保护信息安全，系统将在 <b data-seconds></b> 秒后退出登录。
      已填写的内容会为您保留，本人重新登录后可以继续办理。</p>
      <button type="button" class="btn btn-primary" data-stay>继续使用</button>`;
    document.body.append(made);
    return made;
  }

  // What stands in the page's own form, without files; the token alone where there is no form.
  function typed() {
    const form = changedForm();
    const fields = new URLSearchParams();
    if (form) {
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") fields.append(name, value);
      }
    }
    fields.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return fields;
  }

  function changedForm() {
    const changed = (field) => field.type !== "hidden" && (field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? Array.from(field.options).some((option) => option.selected !== option.defaultSelected)
        : field.type !== "submit" && "defaultValue" in field && field.value !== field.defaultValue);
    const forms = Array.from(document.querySelectorAll("main form[method=post]"));
    // A form that came back with errors holds what was typed as its own values.
    const returned = document.querySelector("[data-error-summary]") ? forms[0] : undefined;
    return forms.find((form) => Array.from(form.elements).some(changed)) || returned;
  }

  function putBack(fields) {
    const names = Object.keys(fields);
    const shown = (field) => !["hidden", "password", "file", "submit", "button"].includes(field.type) || "kept" in field.dataset;
    const own = (form) => Array.from(form.elements).filter((field) => names.includes(field.name) && shown(field));
    const forms = Array.from(document.querySelectorAll("main form[method=post]"));
    const form = forms.sort((one, other) => own(other).length - own(one).length)[0];
    if (!form || !own(form).length) return;
    own(form).forEach((field) => {
      const values = fields[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.tagName === "SELECT") Array.from(field.options).forEach((option) => { option.selected = values.includes(option.value); });
      else field.value = values[0];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const word = document.createElement("div");
    word.className = "alert alert-info";
    word.setAttribute("role", "status");
    word.textContent = "已恢复您先前填写的内容，尚未提交，请核对后提交。";
    form.before(word);
    own(form).find((field) => field.type !== "hidden").focus();
  }
})();
