// Outside the page, so that its Content-Security-Policy needs no inline script.

// A form starts with what it cannot do without, so that a first try asks a plain question and gets records. What else
// could be filled in stands beside the field. Problems are links to where they are described, once for all operations.
function forPeople(api) {
  for (const operation of Object.values(api.paths).flatMap(Object.values)) {
    const { summary, description, parameters = [], responses } = operation;
    // As the text that is shown: it need not be gone through like the document.
    for (const content of Object.values(responses).flatMap(({ content = {} }) => Object.values(content))) {
      if (typeof content.example === "object") content.example = JSON.stringify(content.example, null, 2);
    }
    if (description.replaceAll("`", "") === `${summary}.`) delete operation.description;
    for (const parameter of parameters.filter(({ required }) => !required)) {
      const { schema, example } = parameter;
      const told = (value) => `\`${[value].flat().join(", ")}\``;
      if (schema.default?.toString()) parameter.description += ` ${told(schema.default)} if not given.`;
      const evident = schema.enum ?? schema.items?.enum ?? parameter.description.includes(told(example));
      if (example !== undefined && !evident) parameter.description += ` Example: ${told(example)}.`;
      // What is added to a list is the example, where it would be made up from the pattern.
      if (schema.items) schema.items.example = example[0];
      delete parameter.example;
      delete schema.default;
    }
  }
  for (const answer of Object.values(api.components.responses)) {
    const problems = Object.entries(answer.content?.["application/problem+json"]?.examples ?? {});
    if (problems.length) {
      answer.description = problems.map(([kind, { summary }]) => `[${summary}](/problems#${kind})`).join(", ");
    }
    delete answer.content;
    delete answer.headers;
  }
  // Each operation says all of its own, so that Swagger UI need not look through all of them whenever one is opened.
  api.$$normalized = true;
  return api;
}

// Every word has to occur in an operation's path, summary, tag or parameters.
function operationsWith(phrase, tags) {
  const words = phrase.toLowerCase().split(/\s+/);
  const fits = (entry) => {
    const { summary, tags: of, parameters = [] } = entry.get("operation").toJS();
    const text = [entry.get("path"), summary, ...of, ...parameters.map(({ name }) => name)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const fitting = tags.map((tag) => tag.update("operations", (operations) => operations.filter(fits)));
  return fitting.filter((tag) => tag.get("operations").size);
}

const plugin = ({ React }) => ({
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (update) => (api) => update(forPeople(api)) } } },
  fn: { opsFilter: (tags, phrase) => operationsWith(phrase, tags) },
  components: {
    FilterContainer: ({ layoutSelectors, layoutActions }) =>
      React.createElement("input", {
        className: "filter",
        type: "search",
        placeholder: "Find operations by words",
        "aria-label": "Find operations",
        value: [layoutSelectors.currentFilter()].filter((phrase) => typeof phrase === "string").join(),
        onChange: (event) => layoutActions.updateFilter(event.target.value),
      }),
  },
});

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  plugins: [plugin],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
});
