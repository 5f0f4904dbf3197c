document.documentElement.classList.add("scripted");
addEventListener("DOMContentLoaded", () => {
  "use strict";
  const { h, one, all, once, code, span, hint, badge, known } = Details;
  // So many rows are opened at once, and so many cases of a difference are named.
  const MOST = 60;
  const labels = Details.parsed("data-labels")();
  const data = Details.parsed("data-cases");
  const roots = Details.parsed("data-roots");
  const exchanges = labels.map((_, run) => Details.lines(`data-exchanges-${run}`));
  const matrix = one("matrix");
  const rows = all("tr.case", matrix).map((element) => ({
    element,
    number: Number(element.dataset.case),
    body: element.parentElement,
    text: element.textContent.toLowerCase(),
    verdicts: all("td > a", element).map((cell) => cell.textContent),
    agreement: element.lastElementChild.className.slice(4),
    name: element.querySelector(".name").textContent,
  }));
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const bodies = all("tbody.cap", matrix);
  const badgeOf = (verdict) => badge("v", verdict);

  // A case, when it is opened: what each run says, and each difference once.
  const card = (run, cell) =>
    h("section", { class: "card" },
      h("h5", null, labels[run], " ", badgeOf(cell ? cell.verdict : "not run")),
      cell?.reason ? h("p", { class: "reason" }, cell.reason) : null,
      cell
        ? h("ol", { class: "answers" }, cell.steps.map(([step, outcome, status]) =>
            h("li", null, span(step), " ", code(outcome), status ? [" ", span(status)] : null)))
        : hint("The run does not have this case."));
  const merged = (shown) => {
    const found = new Map();
    shown.runs.forEach((cell, run) => cell?.findings.forEach(({ difference, step, exchange }) => {
      const key = `${difference} ${step}`;
      if (!found.has(key)) found.set(key, { difference, step, runs: new Map() });
      if (!found.get(key).runs.has(run)) found.get(key).runs.set(run, exchange);
    }));
    return [...found.values()];
  };
  const whose = (shown, runs) =>
    labels.map((label, run) => {
      if (!shown.runs[run]) return null;
      if (!runs.has(run)) return h("span", { class: "tag absent" }, `not ${label}`);
      const seq = runs.get(run);
      const linked = seq !== undefined && shown.runs[run].exchanges.includes(seq);
      return h("span", { class: "tag present" },
        linked ? h("a", { href: `#x${run + 1}-${seq}`, title: "Request and answer" }, label) : label);
    });
  const section = (title, elements) => (elements.length ? [h("h5", null, title), elements] : null);
  const detail = (row) => {
    const shown = data()[row.number];
    const slug = row.element.id.slice("case-".length);
    const order = { breaking: 0, divergent: 1, cosmetic: 2 };
    const severity = ({ difference }) => known().differences[difference].severity;
    const list = merged(shown).sort((a, b) => order[severity(a)] - order[severity(b)] || a.runs.size - b.runs.size);
    const ran = shown.runs.filter(Boolean).length;
    const elements = list.map(({ difference, step, runs }, at) => ({
      everywhere: runs.size === ran && ran > 1,
      element: Details.finding(difference, `f-${slug}-${at + 1}`, [span(`step ${step}`), whose(shown, runs)]),
    }));
    const cosmetic = ({ element }) => element.dataset.severity === "cosmetic";
    const some = elements.filter((item) => !cosmetic(item) && !item.everywhere).map(({ element }) => element);
    const common = elements.filter((item) => !cosmetic(item) && item.everywhere).map(({ element }) => element);
    const minor = elements.filter(cosmetic).map(({ element }) => element);
    const more = shown.runs.reduce((sum, cell) => sum + (cell?.left_out ?? 0), 0);
    const sent = shown.runs.flatMap((cell, run) => (cell ? cell.exchanges.map((seq) => {
      const anchor = `x${run + 1}-${seq}`;
      const exchange = JSON.parse(exchanges[run]().get(seq));
      return Details.exchange(exchange, one(anchor) ? null : anchor, `the transcript of ${labels[run]}`, labels[run]);
    }) : []));
    return h("tr", { class: "detail" }, h("td", { colspan: labels.length + 2 }, h("div", { class: "body" },
      h("p", { class: "meta" }, h("a", { class: "anchor", href: `#${row.element.id}`, title: "Link to this case" }, "#"), code(shown.id)),
      h("div", { class: "cards" }, shown.runs.map((cell, run) => card(run, cell))),
      section(ran > 1 ? "Found on some of them" : "Found", some),
      section("Found on all of them", common),
      minor.length ? h("details", { class: "minor" }, h("summary", null, minor.length === 1 ? "1 cosmetic finding" : `${minor.length} cosmetic findings`), minor) : null,
      more ? hint(`${more} more findings are in the results.`) : null,
      section("Requests and answers", sent))));
  };
  const open = (row, state = true) => {
    row.element.classList.toggle("opened", state);
    if (state && !row.detail) {
      row.detail = detail(row);
      row.element.after(row.detail);
    }
    if (row.detail) row.detail.hidden = !state || row.element.hidden;
  };
  const unfold = (body, state) => {
    body.classList.toggle("open", state);
    body.querySelector("button.open").setAttribute("aria-expanded", state);
  };

  // What is shown.
  const texts = once(() => ({
    differences: known().differences.map((shown) =>
      Details.said([shown, shown.evidence.map((number) => known().evidence[number])])),
    cases: data().map((shown) => Details.said([shown.id, shown.runs.map((cell) => cell && [cell.reason, cell.steps])])),
    exchanges: exchanges.map((lines) => [...lines()].map(([seq, line]) => [seq, Details.said(JSON.parse(line))])),
  }));
  const meaning = (word) => ({
    word,
    differences: new Set(texts().differences.flatMap((text, at) => (text.includes(word) ? [at] : []))),
    exchanges: texts().exchanges.map((list) => new Set(list.flatMap(([seq, text]) => (text.includes(word) ? [seq] : [])))),
  });
  const says = (row, { word, differences, exchanges }) =>
    row.text.includes(word) ||
    texts().cases[row.number].includes(word) ||
    data()[row.number].runs.some((cell, run) =>
      cell && (cell.findings.some((found) => differences.has(found.difference)) || cell.exchanges.some((seq) => exchanges[run].has(seq))));
  const capability = one("capability");
  const filter = () => {
    const words = tools.words().map(meaning);
    const { agreement, verdict } = chosen;
    const wanted = capability.value;
    const active = agreement.size + verdict.size + words.length > 0 || wanted !== "";
    let shown = 0;
    for (const row of rows) {
      const kept =
        (!wanted || row.body.id === wanted) &&
        (!agreement.size || agreement.has(row.agreement)) &&
        (!verdict.size || row.verdicts.some((word) => verdict.has(word))) &&
        words.every((word) => says(row, word));
      row.element.hidden = !kept;
      if (row.detail) row.detail.hidden = !kept || !row.element.classList.contains("opened");
      shown += kept ? 1 : 0;
    }
    const some = new Set(rows.filter(({ element }) => !element.hidden).map(({ body }) => body));
    for (const body of bodies) {
      body.hidden = active && !some.has(body);
      if (active && some.has(body) && !body.classList.contains("open")) {
        unfold(body, true);
        body.dataset.opened = "";
      } else if (!active && "opened" in body.dataset) {
        unfold(body, false);
        delete body.dataset.opened;
      }
    }
    one("shown").value = active ? `${shown} of ${rows.length} cases` : `${rows.length} cases`;
    one("clear").hidden = !active;
    one("nothing").hidden = shown > 0 || !active;
  };
  const tools = Details.tools(one("tools"), ["agreement", "verdict"], filter, () => (capability.value = ""));
  const { chosen } = tools;
  capability.addEventListener("change", filter);

  // In which order.
  const verdicts = ["pass", "unsupported", "waived", "flaky", "blocked", "inconclusive", "skipped", "fail", "not run"];
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const agreements = ["verdicts", "findings", "not-run", "same"];
  const sort = (key, descending) => {
    const sign = descending ? -1 : 1;
    const share = (body) => Number(body.dataset.share.split(" ")[key]);
    const bodyOrder = {
      name: (a, b) => sign * byName({ name: a.id }, { name: b.id }),
      differ: (a, b) => sign * (a.dataset.differ - b.dataset.differ),
    }[key] ?? ((a, b) => sign * (share(a) - share(b)));
    const rowOrder = {
      name: (a, b) => sign * byName(a, b),
      differ: (a, b) => -sign * (agreements.indexOf(a.agreement) - agreements.indexOf(b.agreement)) || byName(a, b),
    }[key] ?? ((a, b) => -sign * (verdicts.indexOf(a.verdicts[key]) - verdicts.indexOf(b.verdicts[key])) || byName(a, b));
    bodies.sort(bodyOrder);
    rows.sort(rowOrder);
    for (const row of rows) row.body.append(row.element, ...(row.detail ? [row.detail] : []));
    matrix.append(...bodies);
    for (const head of all("thead th", matrix)) {
      const mine = head.querySelector("button").dataset.sort === String(key);
      if (mine) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };
  matrix.addEventListener("click", (event) => {
    const head = event.target.closest("button.sort");
    if (head) {
      const before = head.closest("th").getAttribute("aria-sort");
      // Numbers are read from the largest, names from the first.
      const first = head.dataset.sort === "name" ? "ascending" : "descending";
      sort(head.dataset.sort, before ? before !== "descending" : first === "descending");
    }
    const fold = event.target.closest("button.open");
    if (fold) unfold(fold.closest("tbody"), fold.getAttribute("aria-expanded") !== "true");
    // The same link closes what it opened.
    const title = event.target.closest("a.title");
    const row = title && byNumber.get(Number(title.closest("tr").dataset.case));
    if (row?.element.classList.contains("opened")) {
      event.preventDefault();
      event.stopPropagation();
      open(row, false);
    }
  });

  // What differs.
  const met = once(() => {
    const cases = new Map();
    data().forEach((shown, number) => shown.runs.forEach((cell, run) => cell?.findings.forEach(({ difference }) => {
      if (!cases.has(difference)) cases.set(difference, labels.map(() => new Set()));
      cases.get(difference)[run].add(number);
    })));
    return cases;
  });
  const root = (element) => {
    const differences = roots()[element.dataset.root];
    const cases = labels.map((_, run) => new Set(differences.flatMap((at) => [...(met().get(at)?.[run] ?? [])])));
    const link = (number, run) => {
      const row = byNumber.get(number);
      const verdict = data()[number].runs[run].verdict;
      return h("li", null, h("a", { href: `#${row.element.id}.${run + 1}` },
        h("i", { class: `dot v-${verdict}`, title: verdict }), row.name));
    };
    element.append(h("div", { class: "body" },
      Details.finding(differences[0], null, differences.length > 1 ? span(`and ${differences.length - 1} more of the kind`) : null),
      labels.map((label, run) => {
        const list = [...cases[run]];
        return list.length
          ? [h("h5", null, `${label}: ${list.length === 1 ? "1 case" : `${list.length} cases`}`),
              h("ul", { class: "links" }, list.slice(0, MOST).map((number) => link(number, run)),
                list.length > MOST ? h("li", null, `and ${list.length - MOST} more`) : null)]
          : null;
      })));
  };
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches(".root") && target.childElementCount === 1) root(target);
  }, true);
  one("whose").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const wanted = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.whose;
    for (const other of all("button", one("whose"))) other.setAttribute("aria-pressed", other.dataset.whose === wanted);
    for (const element of all(".root")) element.hidden = wanted !== null && element.dataset.whose !== wanted;
  });

  // Where an address leads: a case, what one run says of it, a finding, an exchange.
  const find = (name) => {
    const [, slug, run, seq] = /^(?:case|f)-(.+?)(?:\.\d+|-\d+)?$|^x(\d+)-(\d+)$/.exec(name) ?? [];
    let row = null;
    if (seq) {
      row = rows.find(({ number }) => data()[number].runs[run - 1]?.exchanges.includes(Number(seq)));
    } else if (slug) {
      const element = one(name)?.closest("tr.case") ?? one(`case-${slug}`);
      row = element && byNumber.get(Number(element.dataset.case));
    }
    return [row, name];
  };
  const follow = () => {
    const [row, name] = find(Details.named(location.hash));
    if (!row) {
      const target = one(name);
      if (!target) return;
      if (target.matches("tbody.cap")) unfold(target, true);
      return Details.show(target);
    }
    if (row.element.hidden) tools.clear();
    unfold(row.body, true);
    open(row);
    const target = one(name) ?? row.element;
    Details.show(target.closest("tr.case") ? row.element : target);
    if (target !== row.element) target.classList.add("target");
  };
  Details.following(follow);
  one("expand").addEventListener("click", () => {
    const shown = bodies.filter(({ hidden }) => !hidden);
    const closed = shown.filter((body) => !body.classList.contains("open"));
    if (closed.length) return closed.forEach((body) => unfold(body, true));
    const items = rows.filter(({ element }) => !element.hidden);
    items.slice(0, MOST).forEach((row) => open(row));
    if (items.length > MOST) one("shown").value = `The first ${MOST} of ${items.length} cases are open: filter for others`;
  });
  one("collapse").addEventListener("click", () => {
    rows.forEach((row) => open(row, false));
    bodies.forEach((body) => unfold(body, false));
  });

  // Paper has no clicks: what changed is printed open, cases as they are.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".changes:not([open])");
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));

  one("tools").hidden = false;
  one("whose").hidden = false;
  one("shown").value = `${rows.length} cases`;
  follow();
});
