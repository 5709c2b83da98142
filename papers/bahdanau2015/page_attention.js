// Fills page_attention.html. data: {models: [{name, attends}], sentences: [{source, reference, readings}]}, one reading a model:
// {source, words, choices, weights}; one step more than words, the end symbol; probabilities and weights in thousandths.
function show(root, data) {
  const UNK = "<unk>", END = "</s>";
  const at = { sentence: 0, model: 0, step: 0 };
  const get = (id) => root.getElementById(id);
  const reading = () => data.sentences[at.sentence].readings[at.model];
  const written = (step) => reading().words[step] ?? END;
  const share = (thousandths) => (thousandths / 1000).toFixed(thousandths < 10 && thousandths > 0 ? 3 : 2);

  function make(tag, { weight, ...attributes } = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value != null) made.setAttribute(name, value);
    if (weight != null) made.style.setProperty("--weight", weight / 1000);
    made.append(...children);
    return made;
  }
  const plain = (word) => (word === UNK ? "UNK" : word === END ? "end" : word);
  const token = (word, attributes) =>
    make("span", { ...attributes, class: { [UNK]: "unk", [END]: "end" }[word], title: { [UNK]: "a word that the model does not know", [END]: "the end of the sentence" }[word] }, plain(word));
  const spaced = (spans) => spans.flatMap((span) => [span, " "]);
  const quoted = (word) => (word === UNK || word === END ? plain(word) : `“${word}”`);

  // What changes with the sentence

  function showSentence() {
    const { source, reference } = data.sentences[at.sentence];
    for (const [i, option] of [...get("sentences").children].entries()) option.setAttribute("aria-selected", i === at.sentence);
    const chosen = get("sentences").children[at.sentence];
    get("sentences").setAttribute("aria-activedescendant", chosen.id);
    keepInside(get("sentences"), chosen, 0);
    get("source").replaceChildren(...spaced(source.map((word) => token(word))));
    get("reference").replaceChildren(...spaced(reference.map((word) => token(word))));
    for (const [model, label] of [...get("models").querySelectorAll("label")].entries()) {
      const words = [...data.sentences[at.sentence].readings[model].words, END];
      label.querySelector(".words").replaceChildren(...spaced(words.map((word, step) => token(word, { "data-step": step }))));
    }
    showModel();
  }

  // What changes with the model

  function showModel() {
    at.step = Math.min(at.step, reading().words.length);
    for (const input of get("models").querySelectorAll("input")) input.checked = Number(input.value) === at.model;
    get("scale").hidden = !data.models[at.model].attends;
    get("matrix").replaceChildren(matrix());
    get("matrix").scrollTo(0, 0);
    showStep();
  }

  function matrix() {
    const { source, words, weights } = reading();
    const columns = [...source, END];
    const name = `${data.models[at.model].name}: a row for each word of the translation`;
    const table = make("table", { class: weights.length ? null : "plain" }, make("caption", { class: "hidden" }, weights.length ? `${name}, a column for each source word` : name));
    table.style.setProperty("--columns", columns.length);
    const rows = [...words, END].map((word, step) => make("tr", { "data-step": step }, make("th", { scope: "row", lang: "fr" }, token(word))));
    if (weights.length) {
      const heads = columns.map((word) => make("th", { scope: "col", lang: "en" }, token(word)));
      table.append(make("thead", {}, make("tr", {}, make("td"), ...heads)));
      for (const [step, row] of rows.entries()) {
        row.append(...weights[step].map((weight, j) => make("td", { weight, "data-column": j }, make("span", { class: "hidden" }, share(weight)))));
      }
    } else {
      rows[0].append(make("td", { class: "blind", rowspan: rows.length }, make("b", {}, "No matrix. "),
        "RNNencdec reads the whole sentence into one vector c. Every word is written from the same c, whatever it is about: there is nothing to point at."));
    }
    table.append(make("tbody", {}, ...rows));
    return table;
  }

  // What changes with the step

  function showStep() {
    const { source, words, choices, weights } = reading();
    const steps = words.length + 1, row = weights[at.step];
    get("where").textContent = `${data.models[at.model].name}, word ${at.step + 1} of ${steps}`;
    get("back").setAttribute("aria-disabled", at.step === 0);
    get("on").setAttribute("aria-disabled", at.step === steps - 1);
    get("choices").replaceChildren(...choices[at.step].map(([word, p]) => bar(word, p, "fr", word === written(at.step))));
    const columns = [...source, END];
    const looked = row ? [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 5) : [];
    get("weights").replaceChildren(...looked.map((j) => bar(columns[j], row[j], "en", false)));
    get("blind").textContent = row ? "" : "RNNencdec cannot look: all it has of the source, at every step, is one vector c.";
    get("status").textContent = said(choices[at.step], looked.length ? `It looks most at ${quoted(columns[looked[0]])} (${share(row[looked[0]])}).` : "");
    for (const [j, word] of [...get("source").querySelectorAll("span")].entries()) word.style.setProperty("--weight", row ? row[j] / 1000 : 0);
    for (const word of get("models").querySelectorAll("[data-step]")) {
      word.classList.toggle("now", Number(word.dataset.step) === at.step && word.closest("label").querySelector("input").checked);
    }
    for (const line of get("matrix").querySelectorAll("tbody tr")) {
      if (Number(line.dataset.step) === at.step) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
    for (const [j, head] of [...get("matrix").querySelectorAll("thead th")].entries()) head.classList.toggle("looked", j === looked[0]);
    const head = get("matrix").querySelector("thead");
    keepInside(get("matrix"), get("matrix").querySelector("[aria-current]"), head ? head.offsetHeight : 0);
    point(at.step, looked[0]);
  }

  function bar(word, thousandths, lang, chosen) {
    return make("li", { class: chosen ? "written" : null }, make("span", { class: "word", lang }, token(word)),
      make("span", { class: "bar", weight: thousandths }), make("span", { class: "value" }, share(thousandths)));
  }

  function said(choices, looks) {
    const word = written(at.step), place = choices.findIndex(([choice]) => choice === word);
    const ends = word === END ? "It ends the sentence" : `It writes ${quoted(word)}`;
    if (place === 0) return `${ends}, its first choice (${share(choices[0][1])}). ${looks}`;
    const rank = place > 0 ? `its choice number ${place + 1} (${share(choices[place][1])})` : `which is not among its first ${choices.length} choices`;
    return `${ends}, ${rank}: the whole sentence is likelier so. ${looks}`;
  }

  function point(step, column) {
    const { source, weights } = reading();
    get("point").textContent = weights.length ? `Writing ${quoted(written(step))}, the weight on ${quoted([...source, END][column])} is ${share(weights[step][column])}.` : "";
  }

  // Scrolls the box and never the page.
  function keepInside(box, inner, covered) {
    const outside = box.getBoundingClientRect(), line = inner.getBoundingClientRect();
    box.scrollTop += Math.min(0, line.top - outside.top - covered) + Math.max(0, line.bottom - outside.top - box.clientHeight);
  }

  // What a reader does

  function pick(sentence) {
    const kept = Math.max(0, Math.min(data.sentences.length - 1, sentence));
    if (kept === at.sentence) return;
    Object.assign(at, { sentence: kept, step: 0 });
    showSentence();
  }

  function go(step) {
    at.step = Math.max(0, Math.min(reading().words.length, step));
    showStep();
  }

  root.addEventListener("keydown", (event) => {
    if (event.target.type === "radio" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const inList = event.target === get("sentences");
    const keys = {
      ArrowUp: () => pick(at.sentence - 1), ArrowDown: () => pick(at.sentence + 1),
      ArrowLeft: () => go(at.step - 1), ArrowRight: () => go(at.step + 1),
      Home: () => (inList ? pick(0) : go(0)), End: () => (inList ? pick(Infinity) : go(Infinity)),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  get("sentences").addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) pick([...get("sentences").children].indexOf(option));
  });
  get("models").addEventListener("change", (event) => {
    at.model = Number(event.target.value);
    showModel();
  });
  get("models").addEventListener("click", (event) => {
    if (!event.target.dataset.step) return;
    at.model = Number(event.target.closest("label").querySelector("input").value);
    at.step = Number(event.target.dataset.step);
    showModel();
  });
  get("back").addEventListener("click", () => go(at.step - 1));
  get("on").addEventListener("click", () => go(at.step + 1));
  get("matrix").addEventListener("click", (event) => {
    const line = event.target.closest("tbody tr");
    if (line && !event.target.closest(".blind")) go(Number(line.dataset.step));
  });
  get("matrix").addEventListener("pointerover", (event) => {
    const cell = event.target.closest("[data-column]");
    if (cell) point(Number(cell.parentElement.dataset.step), Number(cell.dataset.column));
  });

  for (const [i, { source }] of data.sentences.entries()) {
    get("sentences").append(make("li", { role: "option", id: `sentence-${i}`, "aria-label": `${source.length} words: ${source.map(plain).join(" ")}` },
      make("span", { class: "length" }, source.length), make("span", { lang: "en" }, source.map(plain).join(" "))));
  }
  for (const [i, { name }] of data.models.entries()) {
    get("models").append(make("label", { class: "model" }, make("input", { type: "radio", name: "model", value: i }), make("b", {}, name),
      make("span", { class: "words", lang: "fr" })));
  }
  showSentence();
}
