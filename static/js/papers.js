// Papers 要件: each file is shown before it is sent, with its name and size and what is wrong with it; several of one
// paper are gathered one after another; the way of the bytes is shown, and what was refused keeps its files. Without
// scripts the form sends them as they are.
"use strict";

(function () {
  const MB = 1024 * 1024;
  const FACE = 160;
  // How the three kinds of paper begin; the server reads all of a file and has the last word.
  const BEGINS = { pdf: [0x25, 0x50, 0x44, 0x46, 0x2d], jpg: [0xff, 0xd8, 0xff], png: [0x89, 0x50, 0x4e, 0x47] };
  const chosen = new WeakMap();

  const inputs = (place) => Array.from(place.querySelectorAll("input[type=file][data-papers]"));
  const size = (bytes) => (bytes < MB ? `${Math.max(1, Math.ceil(bytes / 1024))} KB` : `${(bytes / MB).toFixed(1)} MB`);

  function made(name, look, text = "") {
    const element = document.createElement(name);
    element.className = look;
    element.textContent = text;
    return element;
  }

  async function fault(file, most) {
    if (!file.size) return "是空文件，请重新扫描或拍照";
    if (file.size > most * MB) return `超过 ${most} MB，请降低扫描分辨率或分成几个文件`;
    const ending = file.name.toLowerCase().split(".").pop().replace("jpeg", "jpg");
    if (!BEGINS[ending]) return "不是 PDF、JPEG 或 PNG，请另存后再选";
    const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
    return BEGINS[ending].every((byte, place) => head[place] === byte) ? "" : "内容与扩展名不符或已损坏，请重新扫描、拍照或另存";
  }

  // A photograph in small; the browser turns it the way it was taken.
  async function face(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, FACE / Math.max(picture.width, picture.height));
      const canvas = made("canvas", "paper-face");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${file.name} 的缩略图`);
      return canvas;
    } catch {
      return made("span", "paper-face", file.name.toLowerCase().endsWith(".pdf") ? "PDF" : "—");
    }
  }

  async function row(input, file) {
    const line = made("li", "");
    const words = made("div", "paper-words");
    const away = made("button", "btn btn-sm", "移除");
    away.type = "button";
    away.setAttribute("aria-label", `移除 ${file.name}`);
    away.addEventListener("click", () => {
      keep(input, chosen.get(input).filter((one) => one !== file));
      input.focus();
    });
    const wrong = await fault(file, Number(input.dataset.papers));
    words.append(made("span", "", file.name), made("small", "", size(file.size)));
    if (wrong) words.append(made("p", "error", `${wrong}；请移除后重新选择`));
    line.dataset.wrong = wrong ? "1" : "";
    line.append(wrong ? made("span", "paper-face", "！") : await face(file), words, away);
    return line;
  }

  async function keep(input, files) {
    chosen.set(input, files);
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    const rows = await Promise.all(files.map((file) => row(input, file)));
    if (chosen.get(input) !== files) return;
    const place = input.closest(".field");
    let list = place.querySelector(".paper-list");
    if (!list) {
      list = made("ul", "paper-list");
      list.setAttribute("aria-live", "polite");
      input.parentElement.after(list);
    }
    list.replaceChildren(...rows);
    if (rows.some((line) => line.dataset.wrong)) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // Choosing again adds; the same file twice is one.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-papers]")) return;
    const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
    const before = chosen.get(input) || [];
    const added = Array.from(input.files).filter((file) => !before.some((one) => same(one, file)));
    keep(input, [...before, ...added]);
  });

  // The page that answers takes the place of this one's content; what was chosen stays chosen.
  function answer(form, text) {
    const files = new Map(inputs(form).map((input) => [input.name, chosen.get(input) || []]));
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    const main = document.querySelector("main");
    main.querySelectorAll("form").forEach((one) => { one.noValidate = true; });
    inputs(main).forEach((input) => { if ((files.get(input.name) || []).length) keep(input, files.get(input.name)); });
    htmx.process(main);
    document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
    const errors = main.querySelector("[data-error-summary]");
    if (errors) errors.focus();
    window.scrollTo(0, 0);
  }

  function progress(form) {
    const line = made("div", "progress-line");
    line.setAttribute("role", "status");
    const bar = made("progress", "");
    const word = made("span", "", "正在上传……");
    line.append(bar, word);
    form.querySelector(".confirm-bar").before(line);
    return {
      reached(event) {
        if (!event.lengthComputable) return;
        bar.max = event.total;
        bar.value = event.loaded;
        word.textContent = event.loaded < event.total ? `正在上传 ${size(event.loaded)} / ${size(event.total)}` : "已传完，正在保存……";
      },
      end(text) {
        bar.remove();
        word.textContent = text;
      },
    };
  }

  function send(form, button) {
    const told = progress(form);
    const buttons = Array.from(form.querySelectorAll("button[type=submit]"));
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    buttons.forEach((one) => { one.disabled = true; });
    const failed = (text) => {
      told.end(text);
      delete form.dataset.sending;
      buttons.forEach((one) => { one.disabled = false; });
    };
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    call.setRequestHeader("HX-Request", "true");
    call.setRequestHeader("HX-Current-URL", location.href);
    call.upload.addEventListener("progress", told.reached);
    call.addEventListener("error", () => failed("没有传完：网络中断。选好的文件还在，请检查网络后重新提交，重复提交只算一次。"));
    call.addEventListener("load", () => {
      const elsewhere = call.getResponseHeader("HX-Redirect");
      if (elsewhere) location.assign(elsewhere);
      else if (call.status === 200) answer(form, call.responseText);
      else failed(`没有保存（${call.status}）。选好的文件还在，请稍后重新提交；仍不成功时请联系运维人员。`);
    });
    call.send(data);
  }

  // Before anybody else hears of it: what is wrong is not sent, and what is sent is followed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const withFiles = inputs(form).filter((input) => input.files.length);
    if (!withFiles.length || (event.submitter && event.submitter.formNoValidate)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sending) return;
    const wrong = withFiles.find((input) => input.hasAttribute("aria-invalid"));
    if (wrong) {
      wrong.focus();
      return;
    }
    form.querySelectorAll(".progress-line").forEach((line) => line.remove());
    form.dataset.sending = "1";
    send(form, event.submitter);
  }, true);
})();
