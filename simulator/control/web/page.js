"use strict";

// Everything shown comes from documents and requests of others: it is set as text, never as HTML.
const ROWS = 200;
const EVERY_MS = 1000;
const at = (id) => document.getElementById(id);

const seen = { last: 0, entries: [], operations: [], kind: "", drawn: "", meanings: {} };

function make(name, text = "", className = "") {
  const node = document.createElement(name);
  if (text !== "") node.textContent = text;
  if (className) node.className = className;
  return node;
}

function row(...cells) {
  const line = make("tr");
  for (const [text, className] of cells) line.append(make("td", String(text), className || ""));
  return line;
}

function fill(body, rows, columns, otherwise) {
  if (rows.length) return body.replaceChildren(...rows);
  const line = row([otherwise, "nothing"]);
  line.firstChild.colSpan = columns;
  body.replaceChildren(line);
}

function say(text, bad = false) {
  at("said").textContent = text;
  at("said").className = bad ? "bad" : "";
}

async function ask(method, path, body) {
  const answer = await fetch(path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `status ${answer.status}`);
  return found;
}

async function act(said, work) {
  try {
    await work();
    say(said);
    await look();
  } catch (error) {
    say(error.message, true);
  }
}

const tone = (status) => (status === 0 || status >= 500 ? "bad" : status >= 400 ? "warn" : "good");

// Which requests are unfolded: the table is drawn anew with each request that comes.
const unfolded = new Set();

function contentOf(one) {
  const parts = [];
  if (one.refused) parts.push(make("div", `refused: ${one.refused}`, "warn"));
  if (!one.sent) return parts;
  const box = make("details");
  box.open = unfolded.has(one.n);
  box.addEventListener("toggle", () => (box.open ? unfolded.add(one.n) : unfolded.delete(one.n)));
  const headers = Object.entries(one.sent.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  const more = one.sent.cut ? `\n… (${one.sent.bytes} bytes)` : "";
  box.append(make("summary", "sent"), make("pre", `${headers}\n\n${one.sent.body}${more}`));
  return [...parts, box];
}

function drawJournal() {
  const wanted = at("journal-filter").value.trim().toLowerCase();
  const rows = [];
  for (let n = seen.entries.length - 1; n >= 0 && rows.length < ROWS; n -= 1) {
    const one = seen.entries[n];
    const text = `${one.method} ${one.path} ${one.operation} ${one.status} ${one.faults.join(" ")}`.toLowerCase();
    if (wanted && !text.includes(wanted)) continue;
    const line = row(
      [one.n, "number"], [`${one.at.toFixed(2)} s`, "number"], [`${one.method} ${one.path}`, "code wrap"],
      [one.operation], [one.status || "none", `number ${tone(one.status)}`], [one.faults.join(", "), "warn"],
      [one.effects.map((effect) => `${effect.kind} ${effect.id}`).join(", ") + (one.replayed ? " (replayed)" : "")],
      [`${(one.took_s * 1000).toFixed(1)} ms`, "number"],
    );
    line.children[2].append(...contentOf(one));
    rows.push(line);
  }
  fill(at("journal"), rows, 8, seen.entries.length ? "nothing fits" : "no requests yet");
}

function drawOperations() {
  const wanted = at("operations-filter").value.trim().toLowerCase();
  const fits = seen.operations.filter((one) => `${one.method} ${one.path} ${one.id}`.toLowerCase().includes(wanted));
  fits.sort((a, b) => b.requests - a.requests);
  fill(at("operations"), fits.slice(0, ROWS).map((one) => row(
    [one.method, "code"], [one.path, one.deprecated ? "code wrap old" : "code wrap"], [one.id], [one.requests, "number"],
  )), 4, "nothing fits");
  const shown = Math.min(fits.length, ROWS);
  at("operations-count").textContent = shown < fits.length ? `the first ${shown} of ${fits.length}` : `${shown}`;
}

function fields(how) {
  const said = Object.entries(how).filter(([, value]) => value !== null);
  return said.map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ");
}

// Whether a fault is under way, in words, at this second of the vendor's clock.
function when(from, until, now) {
  const left = (second) => `${Math.max(second - now, 0).toFixed(1)} s`;
  if (now < from) return [`begins in ${left(from)}`, "warn"];
  if (until !== null && now >= until) return ["over", "nothing"];
  return [until === null ? "active until it is dropped" : `active, ends in ${left(until)}`, "bad"];
}

function drawFaults(faults, now) {
  const rows = faults.map(({ n, kind, from_s: from, until_s: until, matched, fired, ...how }) => {
    const line = row([kind], [fields(how), "code wrap"], when(from, until, now), [`${fired} of ${matched}`, "number"], [""]);
    line.firstChild.title = seen.meanings[kind] || "";
    line.children[1].append(make("div", seen.meanings[kind] || "", "says"));
    const drop = make("button", "Drop");
    drop.type = "button";
    drop.setAttribute("aria-label", `Drop ${kind}, number ${n}`);
    drop.addEventListener("click", () => act(`${kind} dropped`, () => ask("DELETE", `faults?n=${n}`)));
    line.lastChild.append(drop);
    return line;
  });
  // Drawn anew each second: who stands on a button stays on it.
  const held = at("faults").contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : "";
  fill(at("faults"), rows, 5, "none armed");
  if (held) at("faults").querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
}

function drawMeaning() {
  at("meaning").textContent = seen.meanings[at("kind").value] || "";
}

async function drawKinds(kinds) {
  const names = Object.keys(kinds);
  if (!names.includes(seen.kind)) seen.kind = names[0] || "";
  const drawn = JSON.stringify([kinds, seen.kind]);
  if (drawn === seen.drawn) return;
  seen.drawn = drawn;
  at("kinds").replaceChildren(...names.map((name) => {
    const button = make("button", `${name} (${kinds[name]})`);
    button.type = "button";
    button.setAttribute("aria-pressed", String(name === seen.kind));
    button.addEventListener("click", () => { seen.kind = name; look(); });
    return button;
  }));
  if (!seen.kind) return at("objects").replaceChildren(make("p", "the vendor holds nothing", "nothing"));
  const { objects } = await ask("GET", `objects?kind=${encodeURIComponent(seen.kind)}&limit=50`);
  at("objects").replaceChildren(...objects.map(({ key, object: thing }) => {
    const details = make("details");
    const title = [key, thing.status, thing.name].filter((part) => typeof part === "string");
    details.append(make("summary", title.join(" · "), "code"), make("pre", JSON.stringify(thing, null, 2)));
    return details;
  }));
}

async function drawAbout() {
  const about = await ask("GET", "operations");
  seen.operations = about.operations;
  document.title = `${about.vendor}, simulated`;
  at("vendor").textContent = about.vendor;
  at("about").textContent = `port ${about.port} · seed ${about.seed} · ${about.operations.length} operations`;
  if (!at("ids").childElementCount) {
    at("ids").replaceChildren(...about.operations.map((one) => Object.assign(make("option"), { value: one.id })));
  }
  at("diagnostics").replaceChildren(...about.diagnostics.slice(0, ROWS).map((found) =>
    make("li", `${found.code} ${found.pointer}: ${found.message}`)));
  drawOperations();
}

async function look() {
  const journal = await ask("GET", `journal?since=${seen.last}`);
  if (journal.last < seen.last) { // it was reset
    seen.last = 0;
    seen.entries = [];
    return look();
  }
  seen.entries = seen.entries.concat(journal.entries).slice(-5000);
  seen.last = journal.entries.length ? journal.entries.at(-1).n : seen.last;
  const [{ faults }, { kinds }, clock] = await Promise.all([ask("GET", "faults"), ask("GET", "objects"), ask("GET", "clock")]);
  drawFaults(faults, clock.at);
  at("clock").textContent = new Date(clock.wall * 1000).toISOString().replace("T", " ").slice(0, 19);
  await drawKinds(kinds);
  if (journal.entries.length || !seen.entries.length) {
    drawJournal();
    await drawAbout();
  }
}

async function follow() {
  try {
    if (at("follow").checked) await look();
  } catch (error) {
    say(`the simulator does not answer: ${error.message}`, true);
  }
  setTimeout(follow, EVERY_MS);
}

function wanted(form) {
  const fault = { kind: form.kind.value };
  const names = form.operations.value.split(/[\s,]+/).filter(Boolean);
  if (names.length) fault.operations = names;
  for (const name of ["for", "probability"]) if (form[name].value.trim()) fault[name] = form[name].value.trim();
  if (form.first_n.value.trim()) fault.first_n = Number(form.first_n.value);
  return form.more.value.trim() ? { ...fault, ...JSON.parse(form.more.value) } : fault;
}

function listen() {
  at("arm").addEventListener("submit", (event) => {
    event.preventDefault();
    act("armed", () => ask("POST", "faults", wanted(event.target.elements)));
  });
  at("kind").addEventListener("change", drawMeaning);
  at("disarm").addEventListener("click", () => act("all faults dropped", () => ask("DELETE", "faults")));
  at("reset").addEventListener("click", () => act("begun again", () => ask("POST", "reset")));
  for (const button of document.querySelectorAll("[data-advance]")) {
    const by = button.dataset.advance;
    button.addEventListener("click", () => act(`${by} later`, () => ask("POST", "clock", { advance: by })));
  }
  at("save").addEventListener("click", () => act("snapshot saved", async () => {
    const text = JSON.stringify(await ask("GET", "snapshot"));
    const link = Object.assign(make("a"), { href: URL.createObjectURL(new Blob([text], { type: "application/json" })) });
    link.download = `${at("vendor").textContent}.snapshot.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }));
  at("load").addEventListener("change", (event) => act("snapshot put back", async () => {
    const text = await event.target.files[0].text();
    event.target.value = "";
    await ask("PUT", "snapshot", JSON.parse(text));
  }));
  at("journal-filter").addEventListener("input", drawJournal);
  at("operations-filter").addEventListener("input", drawOperations);
}

async function begin() {
  listen();
  try {
    const { kinds, meanings } = await ask("GET", "kinds");
    seen.meanings = meanings;
    at("kind").replaceChildren(...kinds.map((kind) => make("option", kind)));
    drawMeaning();
    await drawAbout();
  } catch (error) {
    say(error.message, true);
  }
  await follow();
}

begin();
