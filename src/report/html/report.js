(() => {
  "use strict";
  const { h, one, all, once, code, span, hint, known } = Details;
  // So many cases are opened at once; more are not read, and take long.
  const MOST = 100;
  const data = Details.parsed("data-cases");
  const groups = Details.parsed("data-groups");
  const exchanges = Details.lines("data-exchanges");
  const cases = all(".case").map((element) => ({
    element,
    number: Number(element.dataset.case),
    verdict: element.dataset.verdict,
    text: element.firstElementChild.textContent.toLowerCase(),
  }));
  const byNumber = new Map(cases.map((item) => [item.number, item]));

  // A case, when it is opened.
  const reference = ({ exchange, missing }, shown) => {
    if (exchange === undefined) return null;
    if (missing) return span("its exchange is not at hand");
    return shown.includes(exchange)
      ? h("a", { href: `#x${exchange}` }, `request and answer ${exchange}`)
      : span(`exchange ${exchange} of `, code("transcript.jsonl"));
  };
  const body = (item) => {
    const shown = data()[item.number];
    const finding = (found, at) =>
      Details.finding(found.difference, `f-${shown.slug}-${at + 1}`, [
        span(`step ${found.step}`),
        found.times ? span(`${found.times} places in this answer`) : null,
        reference(found, shown.exchanges),
      ]);
    const findings = shown.findings.map(finding);
    const minor = findings.filter((element) => element.dataset.severity === "cosmetic");
    const major = findings.filter((element) => element.dataset.severity !== "cosmetic");
    const count = minor.length === 1 ? "1 cosmetic finding" : `${minor.length} cosmetic findings`;
    return h("div", { class: "body" },
      h("p", { class: "meta" },
        h("a", { class: "anchor", href: `#${item.element.id}`, title: "Link to this case" }, "#"),
        code(shown.id), span(`${shown.expectations} held against it`)),
      shown.aliases ? h("p", { class: "aliases" }, "Also known as ", shown.aliases.flatMap((name) => [code(name), " "])) : null,
      Details.attempts(shown.attempts),
      Details.steps(shown.steps),
      findings.length ? h("h5", null, "Findings") : null,
      major,
      minor.length ? h("details", { class: "minor" }, h("summary", null, count), minor) : null,
      shown.left_out ? hint(`${shown.left_out} more findings of this case are in `, code("result.json"), ".") : null,
      shown.exchanges.length ? h("h5", null, "Requests and answers") : null,
      shown.exchanges.map((seq) => Details.exchange(JSON.parse(exchanges().get(seq)), owner().get(seq) === item.number ? `x${seq}` : null)));
  };
  const fill = (item) => {
    if (item.filled) return;
    item.filled = true;
    item.element.append(body(item));
    hideFindings(item);
  };
  // Which case an exchange is linked in: the first that shows it.
  const owner = once(() => {
    const owners = new Map();
    data().forEach((shown, number) =>
      shown.exchanges.forEach((seq) => owners.has(seq) || owners.set(seq, number)));
    return owners;
  });
  const list = (element) => {
    const link = ([number, at]) => {
      const { element: row, verdict } = byNumber.get(number);
      const dot = h("i", { class: `dot v-${verdict}`, title: verdict });
      const href = `#f-${data()[number].slug}-${at}`;
      return h("li", null, h("a", { href }, dot, row.querySelector(".name").textContent));
    };
    element.append(h("ul", { class: "links" }, groups()[element.dataset.group].map(link)));
  };
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    if (target.matches(".case")) fill(byNumber.get(Number(target.dataset.case)));
    else if (target.matches(".more") && target.childElementCount === 1) list(target);
  }, true);

  // What is shown.
  const ofFindings = () => chosen.severity.size + chosen.layer.size > 0;
  const matches = ({ severity, layer }) =>
    (!chosen.severity.size || chosen.severity.has(severity)) && (!chosen.layer.size || chosen.layer.has(layer));
  const hideFindings = ({ element }) => {
    const active = ofFindings();
    for (const finding of all(".finding", element)) finding.hidden = active && !matches(finding.dataset);
    for (const minor of all(".minor", element)) minor.hidden = active && !all(".finding:not([hidden])", minor).length;
  };
  // For a word: what says it, of all that is not in the rows themselves.
  const texts = once(() => ({
    differences: known().differences.map((shown) =>
      Details.said([shown, shown.evidence.map((number) => known().evidence[number])])),
    cases: data().map((shown) => Details.said([shown.id, shown.aliases, shown.steps])),
    exchanges: [...exchanges()].map(([seq, line]) => [seq, Details.said(JSON.parse(line))]),
  }));
  const meaning = (word) => ({
    word,
    differences: new Set(texts().differences.flatMap((text, at) => (text.includes(word) ? [at] : []))),
    exchanges: new Set(texts().exchanges.flatMap(([seq, text]) => (text.includes(word) ? [seq] : []))),
  });
  const says = (item, { word, differences, exchanges }) =>
    item.text.includes(word) ||
    texts().cases[item.number].includes(word) ||
    data()[item.number].findings.some((found) => differences.has(found.difference)) ||
    data()[item.number].exchanges.some((seq) => exchanges.has(seq));
  const filter = () => {
    const words = tools.words().map(meaning);
    const active = chosen.verdict.size > 0 || ofFindings() || words.length > 0;
    let shown = 0;
    for (const item of cases) {
      const kept =
        (!chosen.verdict.size || chosen.verdict.has(item.verdict)) &&
        (!ofFindings() || data()[item.number].findings.some((found) => matches(known().differences[found.difference]))) &&
        words.every((word) => says(item, word));
      item.element.hidden = !kept;
      if (item.filled) hideFindings(item);
      shown += kept ? 1 : 0;
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
    one("shown").value = active ? `${shown} of ${cases.length} cases` : `${cases.length} cases`;
    one("clear").hidden = !active;
    one("nothing").hidden = shown > 0 || !active;
  };
  const tools = Details.tools(one("tools"), ["verdict", "severity", "layer"], filter);
  const { chosen } = tools;

  // Where an address leads: to an element, or to one that is not laid out yet.
  const find = (name) => {
    const [, slug, seq] = /^f-(.+)-\d+$|^x(\d+)$/.exec(name) ?? [];
    const number = seq ? owner().get(Number(seq)) : Number(one(`case-${slug}`)?.dataset.case ?? NaN);
    if (slug || seq) {
      const item = byNumber.get(number);
      if (item) fill(item);
      return one(name) ?? item?.element;
    }
    return one(name);
  };
  const follow = () => {
    const target = find(Details.named(location.hash));
    if (!target) return;
    if (target.closest("[hidden]")) tools.clear();
    Details.show(target);
  };
  Details.following(follow);
  const shownCases = () => cases.filter(({ element }) => !element.hidden);
  one("expand").addEventListener("click", () => {
    const items = shownCases();
    for (const item of items.slice(0, MOST)) {
      fill(item);
      item.element.open = true;
      const passes = item.element.closest(".passes");
      if (passes) passes.open = true;
    }
    if (items.length > MOST) one("shown").value = `The first ${MOST} of ${items.length} cases are open: filter for others`;
  });
  one("collapse").addEventListener("click", () => {
    for (const { element } of cases) element.open = false;
    for (const group of all(".passes")) group.open = false;
  });

  // Paper has no clicks: what differs is printed open, unless that is a book; requests and answers
  // as they are.
  let opened = [];
  addEventListener("beforeprint", () => {
    const failed = shownCases().filter(({ verdict }) => verdict !== "pass");
    const open = failed.length <= MOST ? failed : [];
    open.forEach(fill);
    opened = [...open.map(({ element }) => element), ...(open.length === failed.length ? all(".fold:not(.more), .minor") : [])].filter((details) => !details.open);
    opened.forEach((details) => (details.open = true));
    document.body.classList.toggle("book", failed.length > MOST);
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));

  one("tools").hidden = false;
  one("shown").value = `${cases.length} cases`;
  follow();
})();
