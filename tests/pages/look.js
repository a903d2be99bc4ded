// Looks at the pages as people do, on a desktop and on a phone, in a browser that reaches nothing but the service.
// Tells everything that is wrong, and leaves pictures of what it saw.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import { chromium } from "playwright-core";

const { ADDRESS: address } = process.env;
const [executablePath] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ask = async (path) => (await fetch(new URL(path, address))).json();
const api = await ask("/openapi.json");
const OPERATIONS = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, tags, parameters = [], responses, security }]) => {
    const keys = parameters.filter((parameter) => parameter.in === "path");
    const asked = new URL(keys.reduce((way, key) => way.replace(`{${key.name}}`, key.example), path), address).href;
    // What takes a key is not asked here.
    const reads = method === "get" && !security;
    const endless = reads && "text/event-stream" in responses["200"].content;
    return { path, method, id: `operations-${tags[0]}-${operationId}`, asked, reads, endless };
  }),
);
const DEVICES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true },
};
// What is dark is so by the same rules on both.
const SCHEMES = { desktop: ["light", "dark"], phone: ["light"] };
const PAGES = { start: "/", problems: "/problems", docs: "/docs" };
// What Swagger UI makes so and no style sheet can mend, by the rules of axe-core.
const NOT_OURS = {
  "button-name": "it copies by a button of a picture only",
  "nested-interactive": "an operation's button holds a link to it",
  "scrollable-region-focusable": "long answers scroll, which browsers let the keyboard do by themselves",
  "select-name": "fields are named by the line of the table that they stand in",
};
const SMALLEST_TEXT = 12;
// Ids of this form are the seed's.
const SEED_ID = /^01970000-0000-7000-8000-/;

const wrong = new Set();

function note(where, what) {
  const line = `${where}: ${what}`;
  if (!wrong.has(line)) console.error(line);
  wrong.add(line);
}

async function check(where, steps) {
  try {
    await steps();
  } catch (error) {
    note(where, error.message);
  }
}

/** A page that notes whatever a browser complains of, and every request that is not for the service or fails. */
async function open(context, where) {
  const page = await context.newPage();
  // A page of a hundred operations is long to draw on a slow machine without a graphics card.
  page.setDefaultTimeout(60_000);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) note(where, `the console says ${message.text()}`);
  });
  page.on("pageerror", (error) => note(where, `a script fails: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && origin !== address) note(where, `${request.url()} is asked for`);
  });
  page.on("requestfailed", (request) => note(where, `${request.url()} fails: ${request.failure().errorText}`));
  page.on("response", (answer) => {
    if (answer.status() >= 400) note(where, `${answer.url()} answers ${answer.status()}`);
  });
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      console.error(`the Content-Security-Policy's ${effectiveDirective} stops ${blockedURI}`),
    ),
  );
  return page;
}

/** Looks at what stands on the page: whether it fits, can be read, touched and told apart. */
async function inspect(page, where) {
  const width = page.viewportSize().width;
  const seen = await page.evaluate((smallest) => {
    const visible = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const small = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement: parent, data } = walker.currentNode;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (data.trim() && size < smallest && visible(parent)) small.push(`${data.trim()} (${size}px)`);
    }
    const targets = [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter(visible);
    const boxes = targets.flatMap((element) => [...element.getClientRects()].map((box) => ({ element, box })));
    const overlapping = boxes.flatMap((one, index) =>
      boxes.slice(index + 1).filter(({ element, box }) =>
          !one.element.contains(element) && !element.contains(one.element) &&
          Math.min(one.box.right, box.right) - Math.max(one.box.left, box.left) > 1 &&
          Math.min(one.box.bottom, box.bottom) - Math.max(one.box.top, box.top) > 1,
      ).map(({ element }) => `${one.element.outerHTML.slice(0, 80)} and ${element.outerHTML.slice(0, 80)}`),
    );
    return { width: document.documentElement.scrollWidth, small, overlapping };
  }, SMALLEST_TEXT);
  if (seen.width > width) note(where, `is ${seen.width} pixels wide, and the screen ${width}`);
  for (const text of seen.small) note(where, `too small to read: ${text}`);
  for (const pair of seen.overlapping) note(where, `targets overlap: ${pair}`);
}

/** Notes what keeps people out, by the rules of axe-core. */
async function audit(page, where, ignored) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ rules: { "target-size": { enabled: true } } }));
  for (const { id, impact, help, nodes } of violations) {
    const grave = ["serious", "critical"].includes(impact) || /^(landmark|page-has)/.test(id);
    if (grave && !(id in ignored)) note(where, `${id}: ${help}: ${nodes.length} times, as in ${nodes[0].html}`);
  }
}

/** Walks by the keyboard, and wants to see where it is. */
async function walk(page, where) {
  await page.keyboard.press("Home");
  for (let steps = 0; steps < 10; steps += 1) {
    await page.keyboard.press("Tab");
    const unseen = await page.evaluate(() => {
      const { activeElement: element, body } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      return element !== body && !seen && element.outerHTML.slice(0, 80);
    });
    if (unseen) note(where, `focus is not seen on ${unseen}`);
  }
}

const fold = (block) => block.locator(".opblock-summary-control").click();

/** Opens an operation and lets it be tried out. */
async function tryOut(page, id) {
  const block = page.locator(`[id="${id}"]`);
  await fold(block);
  await block.locator(".try-out__btn").click();
  return block;
}

/** Sends the form, and gives the request and what is shown of the answer. */
async function execute(page, block) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().resourceType() === "fetch"),
    block.locator(".execute").click(),
  ]);
  const live = block.locator(".live-responses-table");
  assert.match(await live.locator(".response .response-col_status").first().innerText(), /^200\b/);
  const shown = JSON.parse(await live.locator(".highlight-code code").first().textContent());
  return { asked: answer.request().url(), shown };
}

/** Every operation is there; those that read open, and answer with the seed. What writes takes a key. */
async function tryAll(page, where, tried) {
  const listed = await page.locator(".opblock").evaluateAll((blocks) => blocks.map((block) => block.id));
  assert.deepEqual(listed.toSorted(), OPERATIONS.map(({ id }) => id).toSorted());
  for (const { path, method, id, asked, reads, endless } of tried) {
    await check(`${where}, ${method} ${path}`, async () => {
      const block = page.locator(`[id="${id}"]`);
      assert.equal(await block.locator(".opblock-summary-method").innerText(), method.toUpperCase());
      assert.equal(await block.locator(".opblock-summary-path").getAttribute("data-path"), path);
      if (!reads) return assert.equal(await block.locator(".authorization__btn").count(), 1);
      await tryOut(page, id);
      if (endless) return fold(block);
      const answer = await execute(page, block);
      assert.equal(answer.asked, asked);
      assert.deepEqual(answer.shown, await ask(asked));
      const records = answer.shown.data ?? [answer.shown];
      assert.notEqual(records.length, 0);
      // Some tell of records, and have no id of their own; others of the service, of lines, and of revisions.
      const idOf = ({ id, leader, call, parties }) => id ?? leader?.id ?? call?.id ?? parties[0].id;
      const tells = ({ status, $schema, author }) => status === "ok" || $schema || author;
      for (const record of records) if (!tells(record)) assert.match(idOf(record), SEED_ID);
      await fold(block);
    });
  }
  assert.equal(await page.locator(".errors-wrapper").count(), 0);
}

/** A search is filled in, and so is a list of names; what is found is shown. */
async function search(page) {
  const statements = await tryOut(page, "operations-statements-listStatements");
  await statements.locator('tr[data-param-name="q"] input').fill('"combat the epidemic"');
  const { asked, shown } = await execute(page, statements);
  assert.equal(new URL(asked).search, "?q=%22combat%20the%20epidemic%22");
  assert.equal(shown.data.length, 1);
  const [{ text, highlights: [[start, end]] }] = shown.data;
  assert.match([...text].slice(start, end).join(""), /combat/);
  await fold(statements);
  const calls = await tryOut(page, "operations-calls-listCalls");
  const leaders = calls.locator('tr[data-param-name="leader"]');
  await leaders.locator(".json-schema-form-item-add").click();
  assert.equal(await leaders.locator("input").inputValue(), "Putin");
  await leaders.locator("input").fill("普京");
  assert.equal((await execute(page, calls)).shown.data.length, 1);
}

/** The operations that fit the words, and all of them without. */
async function filter(page) {
  const box = page.getByLabel("Find operations");
  const second = page.locator(".opblock").nth(1);
  await box.fill("{id} COUNTERPARTS");
  await second.waitFor({ state: "detached" });
  assert.equal(await page.locator(".opblock-summary-path").getAttribute("data-path"), "/v1/leaders/{id}/counterparts");
  await box.fill("");
  await second.waitFor();
}

/** One page in one colour scheme. */
async function look(context, name, device, colorScheme) {
  const where = `${PAGES[name]} on a ${device}, ${colorScheme}`;
  const page = await open(context, where);
  const picture = (part) => page.screenshot({ path: `${name}${part}-${device}-${colorScheme}.png` });
  await check(where, async () => {
    await page.goto(address + PAGES[name], { waitUntil: "networkidle" });
    await picture("");
    await inspect(page, where);
    await audit(page, where, name === "docs" ? NOT_OURS : {});
    await walk(page, where);
    if (name !== "docs") return;
    const block = await tryOut(page, "operations-calls-getCall");
    await block.scrollIntoViewIfNeeded();
    await picture("-form");
    await execute(page, block);
    await block.locator(".responses-wrapper").evaluate((element) => element.scrollIntoView());
    await picture("-answer");
    await inspect(page, where);
    await audit(page, where, NOT_OURS);
    await fold(block);
    if (colorScheme === "light") await check(`${where}, search`, () => search(page));
    // As somebody finds the page who comes for the first time.
    await page.goto(address + PAGES[name], { waitUntil: "networkidle" });
    if (colorScheme === "light") await check(`${where}, finding operations`, () => filter(page));
    // Every other one in each scheme of a desktop; on a phone the lists, whose forms ask for most, and what is of a call.
    const turn = SCHEMES.desktop.indexOf(colorScheme);
    const onPhone = ({ path }) => !path.includes("{") || path.startsWith("/v1/calls/");
    const here = (operation, index) => (device === "desktop" ? index % 2 === turn : onPhone(operation));
    await tryAll(page, where, OPERATIONS.filter(here));
  });
  await page.close();
}

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});
try {
  await Promise.all(Object.keys(DEVICES).flatMap((device) => SCHEMES[device].map(async (colorScheme) => {
    const context = await browser.newContext({ ...DEVICES[device], colorScheme });
    for (const name of Object.keys(PAGES)) await look(context, name, device, colorScheme);
    await context.close();
  })));
  const page = await browser.newPage();
  await check("the browser", () => assert.rejects(page.goto("http://example.org/"), /ERR_NAME_NOT_RESOLVED/));
} finally {
  await browser.close();
}
if (wrong.size) process.exit(1);
console.log(`${Object.keys(PAGES).length} pages and ${OPERATIONS.length} operations are as they should be`);
