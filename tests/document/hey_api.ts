// Asks the seed through the client that hey-api makes of the document.

import { getCall, listCallStatements, listLeaders } from "./telcon-client/index.js";
import { client } from "./telcon-client/client.gen.js";

client.setConfig({ baseUrl: process.argv[2] ?? "" });
const path = { id: "2020-03-19-xi-jinping-vladimir-putin" };

const call = await getCall({ path });
const leaders = await listLeaders({ query: { count: "exact" } });
const statements = await listCallStatements({ path });
const missing = await getCall({ path: { id: "no-such-call" } });
if (!call.data || !leaders.data || !statements.data || !missing.error) {
  throw new Error("An answer is of another kind than was expected.");
}

const spoken = new Map<string, number>();
for (const { speakers } of statements.data.data) {
  const name = speakers[0]?.leader?.name ?? "";
  spoken.set(name, (spoken.get(name) ?? 0) + 1);
}
console.log(call.data.date.edtf, call.data.title);
console.log(leaders.data.page.total, leaders.data.data.map((leader) => leader.name).join(", "));
console.log([...spoken].map(([name, count]) => `${name} ${count}`).join(", "));
console.log(missing.error.status, missing.error.detail);
