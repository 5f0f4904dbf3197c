(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const tools = one("tools");
  const search = one("q");
  const cases = all(".case").map((element) => ({
    element,
    verdict: element.dataset.verdict,
    findings: all(".finding", element),
    text: null,
  }));
  const chosen = { verdict: new Set(), severity: new Set(), layer: new Set() };
  const buttons = all("button[data-group]", tools);

  // What is shown.
  const matches = (finding) =>
    (!chosen.severity.size || chosen.severity.has(finding.dataset.severity)) &&
    (!chosen.layer.size || chosen.layer.has(finding.dataset.layer));
  const text = (item) => (item.text ??= item.element.textContent.toLowerCase());
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ofFindings = chosen.severity.size + chosen.layer.size > 0;
    const active = chosen.verdict.size > 0 || ofFindings || words.length > 0;
    let shown = 0;
    for (const item of cases) {
      let some = false;
      for (const finding of item.findings) {
        finding.hidden = ofFindings && !matches(finding);
        some ||= !finding.hidden;
      }
      for (const minor of all(".minor", item.element)) {
        minor.hidden = ofFindings && !all(".finding", minor).some((finding) => !finding.hidden);
      }
      item.element.hidden =
        (chosen.verdict.size > 0 && !chosen.verdict.has(item.verdict)) ||
        (ofFindings && !some) ||
        !words.every((word) => text(item).includes(word));
      shown += item.element.hidden ? 0 : 1;
    }
    for (const group of all(".passes")) {
      group.hidden = !group.querySelector(".case:not([hidden])");
      if (active && !group.hidden && !group.open) {
        group.open = true;
        group.dataset.opened = "";
      } else if (!active && "opened" in group.dataset) {
        group.open = false;
        delete group.dataset.opened;
      }
    }
    for (const section of all(".capability")) {
      section.hidden = active && !section.querySelector(".case:not([hidden])");
    }
    for (const button of buttons) {
      button.setAttribute("aria-pressed", chosen[button.dataset.group].has(button.dataset.value));
    }
    one("shown").value = active ? `${shown} of ${cases.length} cases` : `${cases.length} cases`;
    one("clear").hidden = !active;
    one("nothing").hidden = shown > 0 || !active;
  };
  const clear = () => {
    search.value = "";
    Object.values(chosen).forEach((set) => set.clear());
    filter();
  };

  // What is open.
  const reveal = (target) => {
    if (target.closest("[hidden]")) clear();
    for (let at = target; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
    }
    target.scrollIntoView();
    for (const marked of all(".target")) marked.classList.remove("target");
    target.classList.add("target");
  };
  const named = (hash) => {
    try {
      return hash.length > 1 ? one(decodeURIComponent(hash.slice(1))) : null;
    } catch {
      return null;
    }
  };
  const follow = () => {
    const target = named(location.hash);
    if (target) reveal(target);
  };
  const open = (state) => {
    for (const group of all(".passes")) if (state && !group.hidden) group.open = true;
    for (const item of cases) if (!item.element.hidden) item.element.open = state;
    if (!state) for (const group of all(".passes")) group.open = false;
  };

  // Paper has no clicks: what differs is printed open, requests and answers as they are.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".case:not([data-verdict=pass]):not([open]), .minor:not([open]), .fold:not([open])");
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));

  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[href^='#']");
    if (anchor && anchor.hash === location.hash) follow();
  });
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-group]");
    if (!button) return;
    const set = chosen[button.dataset.group];
    if (!set.delete(button.dataset.value)) set.add(button.dataset.value);
    filter();
  });
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
  one("clear").addEventListener("click", clear);
  one("expand").addEventListener("click", () => open(true));
  one("collapse").addEventListener("click", () => open(false));
  tools.hidden = false;
  filter();
  follow();
})();
