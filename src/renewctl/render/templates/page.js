"use strict";
// The page is complete without this script, which adds filters and sorting.
(() => {
  const table = document.querySelector("table.rows");
  const form = document.querySelector("form.filters");
  if (!table) return;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const makeButton = (element) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...element.childNodes);
    element.append(button);
    return button;
  };

  // The rows of a period are below its label.
  const rows = [];
  const labels = [];
  for (const body of table.tBodies) {
    if (!body.id) {
      labels.push(body);
      continue;
    }
    const [row, why] = body.rows;
    const searched = [...row.querySelectorAll("p"), ...why.querySelectorAll(".memo")];
    rows.push({
      body, row,
      index: rows.length,
      period: labels.length,
      details: why.querySelector("details"),
      text: fold(searched.map((each) => each.textContent).join(" ")),
      owner: body.dataset.owner,
      status: body.dataset.status.split(" "),
      people: new Set(),
    });
  }
  const byAnchor = new Map(rows.map((each) => [each.body.id, each]));

  // Filters. The sections by recipient show which rows a recipient is in.
  const { text, owner, person, status } = form.elements;
  const counter = form.querySelector("output");
  const none = document.querySelector(".no-match");
  const options = [];
  for (const section of document.querySelectorAll("#people section")) {
    const links = [...section.querySelectorAll("li a")];
    for (const heading of section.querySelectorAll("h3")) {
      for (const link of links) byAnchor.get(link.hash.slice(1)).people.add(heading.id);
      options.push(new Option(`${heading.textContent} (${links.length})`, heading.id));
    }
  }
  person.append(...options);
  const tiles = [...document.querySelectorAll(".tiles li")].map((item) => {
    const tile = { button: makeButton(item), status: item.dataset.status };
    tile.button.addEventListener("click", () => {
      status.value = status.value === tile.status ? "all" : tile.status;
      filter();
    });
    return tile;
  });

  // A thousand rows take a third of a second: the first screen comes first.
  const FIRST = 50;
  let later = 0;

  function filter() {
    clearTimeout(later);
    const words = fold(text.value).split(/\s+/).filter(Boolean);
    const fits = (each) => (owner.value === "all" || each.owner === owner.value)
      && (person.value === "all" || each.people.has(person.value))
      && (status.value === "all" || each.status.includes(status.value))
      && words.every((word) => each.text.includes(word));
    let count = 0;
    const appearing = [];
    const periods = new Set();
    for (const each of rows) {
      if (!fits(each)) {
        each.body.hidden = true;
        continue;
      }
      count += 1;
      periods.add(each.period);
      if (each.body.hidden) appearing.push(each.body);
    }
    labels.forEach((label, index) => { label.hidden = !periods.has(index + 1); });
    const show = (bodies) => bodies.forEach((body) => { body.hidden = false; });
    show(appearing.slice(0, FIRST));
    later = setTimeout(() => show(appearing), 50);
    for (const tile of tiles) tile.button.setAttribute("aria-pressed", tile.status === status.value);
    counter.value = `${count} of ${rows.length} rows`;
    none.hidden = count > 0;
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.reset();
  form.hidden = false;
  filter();

  // Sorting. Periods keep their order, and rows without a value are last in their period.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const headings = [...table.tHead.rows[0].cells];
  const valueOf = (cell) => cell.dataset.sort ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();

  function sort(column) {
    const descending = headings[column].getAttribute("aria-sort") === "ascending";
    for (const each of headings) each.removeAttribute("aria-sort");
    headings[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
    const keys = new Map(rows.map((each) => [each, valueOf(each.row.cells[column])]));
    rows.sort((one, other) => {
      const [first, second] = [keys.get(one), keys.get(other)];
      if (!first || !second) return !first - !second || one.index - other.index;
      // The difference of texts is not a number, so texts are collated.
      const order = first - second || collator.compare(first, second);
      return (descending ? -order : order) || one.index - other.index;
    });
    for (const [period, label] of [[], ...labels].entries()) {
      table.append(...[label].flat(), ...rows.filter((each) => each.period === period).map((each) => each.body));
    }
  }

  headings.forEach((heading, column) => makeButton(heading).addEventListener("click", () => sort(column)));

  // A link to a row shows it in spite of filters, and opens its details.
  function open() {
    const found = byAnchor.get(location.hash.slice(1));
    if (!found) return;
    if (found.body.hidden) {
      form.reset();
      found.body.hidden = false;
    }
    found.details.open = true;
    found.body.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", open);
  open();
})();
