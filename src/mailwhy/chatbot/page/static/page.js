// Comforts only: every page works without this script.
"use strict";

// Ctrl+Enter (Cmd+Enter) sends the text.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea[name=text]")) {
    event.target.form.requestSubmit();
  }
});

// Copying needs a script, so its button is hidden until there is one.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      // Browsers offer the clipboard to secure pages only; the old way works everywhere.
      source.select();
      document.execCommand("copy");
    }
    status.textContent = button.dataset.done;
  });
}

// Whether a remedy helped is sent without leaving the page, so that the ticks stay.
for (const question of document.querySelectorAll(".helped")) {
  const { send, cause, resolution, done, failed } = question.dataset;
  const status = question.querySelector("[role=status]");
  question.hidden = false;
  question.addEventListener("click", async (event) => {
    if (!event.target.matches("button")) return;
    const body = JSON.stringify({ cause, resolution, helped: event.target.value === "true" });
    const buttons = question.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    const kept = await fetch(send, { method: "POST", headers: { "Content-Type": "application/json" }, body }).then(
      (answer) => answer.ok,
      () => false,
    );
    status.textContent = kept ? done : failed;
    for (const button of buttons) kept ? button.remove() : (button.disabled = false);
  });
}

// A fact and the place where it stands in the text point at each other.
for (const part of document.querySelectorAll(".proof")) {
  const point = (event, on) => {
    const fact = event.target.closest("[data-fact]")?.dataset.fact;
    for (const other of fact ? part.querySelectorAll(`[data-fact="${fact}"]`) : []) {
      other.classList.toggle("pointed", on);
    }
  };
  part.addEventListener("pointerover", (event) => point(event, true));
  part.addEventListener("pointerout", (event) => point(event, false));
}

// On paper everything is unfolded.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.remedy")) {
    folded.open = true;
  }
});
