// Asks the seed by the types that openapi-typescript makes of the document, through openapi-fetch.

import createClient from "openapi-fetch";

import type { components, paths } from "./telcon.js";

type Statement = components["schemas"]["StatementOut"];

// Without these, a list could also be one of the texts that are streamed.
type Media = "application/json" | "application/problem+json";

const client = createClient<paths, Media>({ baseUrl: process.argv[2] ?? "" });
const path = { id: "2020-03-19-xi-jinping-vladimir-putin" };

const call = await client.GET("/v1/calls/{id}", { params: { path } });
const leaders = await client.GET("/v1/leaders", { params: { query: { count: "exact" } } });
const statements = await client.GET("/v1/calls/{id}/statements", { params: { path } });
const missing = await client.GET("/v1/calls/{id}", { params: { path: { id: "no-such-call" } } });
if (!call.data || !leaders.data || !statements.data || !missing.error) {
  throw new Error("An answer is of another kind than was expected.");
}

const spoken = new Map<string, number>();
for (const { speakers } of statements.data.data satisfies Statement[]) {
  const name = speakers[0]?.leader?.name ?? "";
  spoken.set(name, (spoken.get(name) ?? 0) + 1);
}
console.log(call.data.date.edtf, call.data.title);
console.log(leaders.data.page.total, leaders.data.data.map((leader) => leader.name).join(", "));
console.log([...spoken].map(([name, count]) => `${name} ${count}`).join(", "));
console.log(missing.error.status, missing.error.detail);
