// Looks at the page of operations where reading takes a key: without one, and with the one in $KEY.

import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const [executablePath] = process.argv.slice(2);
const { ADDRESS: address, KEY: key } = process.env;
assert.match(key, /^tlc_/);

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
const wrong = [];
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      console.error(`the Content-Security-Policy's ${effectiveDirective} stops ${blockedURI}`),
    ),
  );
  // That an answer is a 401 the browser tells as well, and this is wanted once.
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("401")) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.goto(`${address}/docs`, { waitUntil: "networkidle" });

  const block = page.locator('[id="operations-calls-listCalls"]');
  await block.locator(".opblock-summary-control").click();
  assert.match(await block.innerText(), /It takes a key with the scope records:read\./);
  await block.locator(".try-out__btn").click();
  const status = async () => {
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().resourceType() === "fetch"),
      block.locator(".execute").click(),
    ]);
    return answer.status();
  };
  assert.equal(await status(), 401);

  await page.locator(".auth-wrapper .authorize").first().click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("input").fill(key);
  await dialog.locator("button.authorize").click();
  await page.screenshot({ path: "authorise.png" });
  await dialog.locator("button.btn-done").click();
  assert.equal(await status(), 200);

  // It is kept nowhere: whoever comes to the page next does not have it.
  assert.deepEqual(await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }, document.cookie]), [{}, {}, ""]);
} finally {
  await browser.close();
}
assert.deepEqual(wrong, []);
console.log("A key is taken on the page of operations, and kept nowhere");
