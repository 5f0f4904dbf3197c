// What is behind a row, laid out from the data in the page when somebody asks for it. Everything here
// may come from an endpoint, so it only ever becomes text: nothing makes markup of a string.
const Details = (() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const one = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const once = (make) => {
    let made = null;
    return () => (made ??= make());
  };

  // An element with attributes (those that are null are left out) and what is inside it.
  const h = (tag, attributes, ...inside) => {
    const drawn = tag === "svg" || tag === "rect";
    const element = drawn ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...inside.flat(2).filter((part) => part !== null && part !== undefined && part !== ""));
    return element;
  };
  const code = (text, name = null) => h("code", { class: name }, text);
  const span = (...text) => h("span", null, ...text);
  const hint = (...text) => h("p", { class: "hint" }, ...text);
  const badge = (kind, word) => h("span", { class: `badge ${kind}-${word.replace(" ", "-")}` }, word);

  // Data. Exchanges are one a line, and only the lines asked for are parsed.
  const block = (id) => one(id)?.textContent ?? "";
  const parsed = (id) => once(() => JSON.parse(block(id)));
  const known = parsed("data-differences");
  const lines = (id) =>
    once(() => new Map(block(id).split("\n").filter(Boolean).map((line) => [parseInt(line.slice(7), 10), line])));

  // Values side by side.
  const line = ([kind, ...pieces]) =>
    h("div", { class: `l ${kind}` }, pieces.map((text, at) => (at % 2 ? h("mark", null, text) : text)));
  const side = (name, who, label, shown) =>
    h("div", { class: `side ${name}`, role: "group", "aria-label": label }, h("p", { class: "who" }, who), shown.map(line));
  const diff = (values, reference, here) => {
    if (!values) return null;
    const cut = values.cut ? hint("Cut for reading. The whole value is in ", code("result.json"), ".") : null;
    if (!values.expected.length) return cut;
    return [
      h("div", { class: "diff" },
        side("aws", reference, `On ${reference}`, values.expected),
        side("here", here, `On ${here}`, values.actual)),
      cut,
    ];
  };
  const evidence = (number) => {
    const shown = known().evidence[number];
    const source = shown.url
      ? h("a", { href: shown.url, rel: "noopener noreferrer" }, shown.source)
      : [shown.source, shown.address ? ` (${shown.address})` : ""];
    return h("li", null, h("span", { class: "kind" }, shown.kind), ` ${shown.states} `,
      h("span", { class: "source" }, source, shown.date ? `, ${shown.date}` : ""));
  };
  const rule = (difference) =>
    difference.rule_anchor && one(difference.rule_anchor)
      ? h("a", { class: "named", href: `#${difference.rule_anchor}`, title: "What this rule means" }, code(difference.rule))
      : code(difference.rule);

  // A difference: what it says, and `beside` it where it was met.
  const finding = (number, anchor, beside) => {
    const difference = known().differences[number];
    return h("article", {
      class: `finding g-${difference.severity}`, id: anchor,
      "data-severity": difference.severity, "data-layer": difference.layer,
    },
      h("h6", null, badge("s", difference.severity), " ", difference.message),
      h("p", { class: "meta" },
        anchor ? h("a", { class: "anchor", href: `#${anchor}`, title: "Link to this finding" }, "#") : null,
        h("span", { class: "tag" }, difference.layer), rule(difference),
        difference.path ? code(difference.path, "path") : null, beside),
      diff(difference.diff, document.body.dataset.reference, document.body.dataset.here ?? "This target"),
      h("ul", { class: "evidence", "aria-label": "What the expectation rests on" }, difference.evidence.map(evidence)));
  };

  const state = (seen) => h("li", null, seen.value, seen.after ? [" ", h("small", null, seen.after)] : null);
  const step = (shown) =>
    h("li", { class: `e-${shown.ended}${shown.gravest ? ` g-${shown.gravest}` : ""}` },
      h("span", { class: "call" }, h("b", null, shown.action), " ", span(shown.poll ? "poll · " : shown.probe ? "probe · " : "", shown.id)),
      h("span", { class: "end" }, code(shown.outcome), shown.status ? [" ", span(`HTTP ${shown.status}`)] : null),
      h("span", { class: "many" }, shown.requests),
      h("span", { class: "when" }, shown.took,
        shown.usual ? [" ", h("small", null, `(${document.body.dataset.reference}: ${shown.usual})`)] : null),
      h("svg", { class: "span", viewBox: "0 0 1000 6", preserveAspectRatio: "none", "aria-hidden": "true" },
        shown.took ? h("rect", { x: shown.begins, width: shown.lasts, height: 6 }) : null),
      shown.states ? h("ol", { class: "states", "aria-label": "Values seen" }, shown.states.map(state)) : null);
  const steps = (shown) => (shown.length ? [h("h5", null, "Steps"), h("ol", { class: "steps" }, shown.map(step))] : null);

  // Attempts, if there were several.
  const attempt = (shown) =>
    h("li", null, badge("v", shown.verdict), ` attempt ${shown.number} `, h("small", null, shown.took),
      shown.shown ? [" ", h("small", null, "shown below")] : null,
      shown.reason ? [" ", h("span", { class: "reason" }, shown.reason)] : null);
  const attempts = (shown) =>
    shown ? [h("h5", null, "Attempts"), h("ol", { class: "attempts" }, shown.map(attempt))] : null;

  // Requests and answers.
  const pairs = (shown, name, caption) =>
    shown
      ? h("table", { class: name }, caption,
          h("tbody", null, shown.map(([key, value]) => h("tr", null, h("th", { scope: "row" }, key), h("td", null, value)))))
      : null;
  const headers = (shown) => pairs(shown, "pairs", h("caption", null, "Headers"));
  // In XML that was indented, what stands alone in its element is what matters.
  const content = (text) =>
    text.split("\n").flatMap((line) => {
      const [, before, value, after] = /^(\s*<[^>]*>)([^<]+)(<[^>]*>)$/.exec(line) ?? [];
      if (value !== undefined) return [before, h("b", null, value), after, "\n"];
      return line.startsWith("<") || /^\s+</.test(line) || !line ? [line, "\n"] : [h("b", null, line), "\n"];
    });
  const body = (shown, where) => {
    if (!shown) return null;
    const note = [shown.size];
    if (shown.base64) note.push(", not UTF-8: in Base64");
    if (shown.indented) note.push(", indented for reading");
    if (shown.left_out) note.push(". ", h("b", null, `${shown.left_out} more not shown`), `: see ${where}`);
    return [h("pre", { tabindex: 0 }, shown.indented ? content(shown.text) : shown.text), hint(note, ".")];
  };
  const answer = (shown, where) =>
    shown.failure
      ? [h("p", { class: "line" }, h("b", null, shown.outcome), " ", shown.failure)]
      : [h("p", { class: "line" }, h("b", null, `HTTP ${shown.outcome}`)),
          shown.response_body ? body(shown.response_body, where) : hint("The body is empty.")];
  const exchange = (shown, anchor, file = "transcript.jsonl", whose = null) => {
    const where = `the line with "seq":${shown.seq} in ${file}`;
    return h("details", { class: "exchange", id: anchor },
      h("summary", null, h("span", { class: "seq" }, shown.seq), h("b", null, shown.action),
        whose ? h("span", { class: "tag" }, whose) : null,
        shown.purpose ? h("span", { class: "tag" }, shown.purpose) : null,
        shown.attempt ? h("span", { class: "tag" }, `attempt ${shown.attempt}`) : null,
        code(shown.outcome, shown.succeeded ? "ok" : "bad"),
        h("span", { class: "took" }, `at ${shown.at}, took ${shown.took}`)),
      h("div", { class: "halves" },
        h("div", { class: "half" }, h("h6", null, "Request"),
          h("p", { class: "line" }, h("b", null, shown.method), " ", shown.url),
          pairs(shown.parameters, "pairs form", h("caption", { class: "unseen" }, "Parameters, decoded")),
          shown.parameters_left_out ? hint(`${shown.parameters_left_out} more parameters: see ${where}.`) : null,
          body(shown.request_body, where), headers(shown.request_headers)),
        h("div", { class: "half" }, h("h6", null, "Answer"), answer(shown, where), headers(shown.response_headers))),
      h("p", { class: "hint whole" }, shown.headers_left_out ? "Headers, and everything as it was sent: " : "As it was sent: ", where, "."));
  };

  // Where an address of the page leads.
  const named = (hash) => {
    try {
      return hash.length > 1 ? decodeURIComponent(hash.slice(1)) : "";
    } catch {
      return "";
    }
  };
  const show = (target) => {
    for (let at = target; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
    }
    target.scrollIntoView();
    for (const marked of all(".target")) marked.classList.remove("target");
    target.classList.add("target");
  };
  const following = (follow) => {
    addEventListener("hashchange", follow);
    document.addEventListener("click", (event) => {
      const anchor = event.target.closest("a[href^='#']");
      if (anchor && anchor.hash === location.hash) follow();
    });
  };

  // The search box, and the buttons that choose, in `groups`. `filter` is called when either has
  // changed, `reset` when everything is to be shown again.
  const tools = (element, groups, filter, reset = () => {}) => {
    const search = one("q");
    const buttons = all("button[data-group]", element);
    const chosen = Object.fromEntries(groups.map((group) => [group, new Set()]));
    const words = () => search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const apply = () => {
      for (const button of buttons) {
        button.setAttribute("aria-pressed", chosen[button.dataset.group].has(button.dataset.value));
      }
      filter();
    };
    const clear = () => {
      search.value = "";
      reset();
      Object.values(chosen).forEach((set) => set.clear());
      apply();
    };
    element.addEventListener("submit", (event) => event.preventDefault());
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-group]");
      if (!button) return;
      const set = chosen[button.dataset.group];
      if (!set.delete(button.dataset.value)) set.add(button.dataset.value);
      apply();
    });
    let waiting;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 120);
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") clear();
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
      }
    });
    one("clear").addEventListener("click", clear);
    return { chosen, words, clear, apply };
  };
  // All that a piece of data says, in lower case.
  const said = (data) => {
    const values = (value) => (value !== null && typeof value === "object" ? Object.values(value).map(values).join("\n") : String(value));
    return values(data).toLowerCase();
  };

  return { h, one, all, once, code, span, hint, badge, parsed, known, lines, finding, attempts, steps, exchange, named, show, following, tools, said };
})();
