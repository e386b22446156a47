// Redoc draws all that it is given at once: all routes together are some 60,000 elements and take many seconds. So one section of
// the document is drawn at a time, and the whole of it only when it is asked for ("#all"). Its script is loaded only then, too.
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const METHODS = ["get", "put", "post", "delete", "patch", "options", "head", "trace"];

const operations = (document) =>
  Object.values(document.paths).flatMap((item) => METHODS.map((method) => item[method]).filter(Boolean));

/** The section that an address speaks of: "#tag/AI-matching/operation/match", "#operation/match", "#all", or none. */
function sectionOf(document, hash) {
  const parts = decodeURIComponent(hash.replace(/^#/, "")).split("/");
  if (parts[0] === "all") return "all";
  if (parts[0] === "tag") return (document.tags.find((tag) => slug(tag.name) === slug(parts[1] || "")) || {}).name;
  const id = parts[0] === "operation" ? parts[1] : undefined;
  return (operations(document).find((operation) => id && operation.operationId === id) || { tags: [] }).tags[0];
}

/** The document with the routes of one section alone. */
function sectionOnly(document, name) {
  const paths = {};
  for (const [path, item] of Object.entries(document.paths)) {
    const own = { ...item };
    for (const method of METHODS) if (own[method] && !own[method].tags.includes(name)) delete own[method];
    if (METHODS.some((method) => own[method])) paths[path] = own;
  }
  return { ...document, paths, tags: document.tags.filter((tag) => tag.name === name) };
}

const element = (name, text, more = {}) => Object.assign(globalThis.document.createElement(name), { textContent: text }, more);
const link = (text, href, current) => {
  const made = element("a", text, { href });
  if (current) made.setAttribute("aria-current", "page");
  return made;
};

/** What there is to read, with how many routes each section has. */
function contents(document) {
  const main = element("main", "");
  main.append(element("h1", document.info.title));
  for (const paragraph of (document.info.description || "").split(/\n\s*\n/)) main.append(element("p", paragraph));
  const list = element("ul", "");
  for (const tag of document.tags) {
    const count = operations(document).filter((operation) => operation.tags.includes(tag.name)).length;
    const item = element("li", "");
    item.append(link(tag.name, `#tag/${slug(tag.name)}`), ` (${count}) ${tag.description || ""}`);
    list.append(item);
  }
  main.append(list, link("Everything on one page (slow)", "#all"), " · ", link("openapi.json", "/openapi.json"), " · ", link("Try the routes", "/docs"));
  return main;
}

function script() {
  return new Promise((done, failed) => {
    globalThis.document.head.append(element("script", "", { src: "/redoc/redoc.standalone.js", onload: done, onerror: failed }));
  });
}

async function draw() {
  const document = await (await fetch("/openapi.json")).json();
  const section = sectionOf(document, location.hash);
  const nav = globalThis.document.getElementById("sections");
  nav.replaceChildren(link("Contents", "#", !section));
  for (const tag of document.tags) nav.append(link(tag.name, `#tag/${slug(tag.name)}`, tag.name === section));
  nav.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  const page = globalThis.document.getElementById("page");
  addEventListener("hashchange", () => {
    if (sectionOf(document, location.hash) !== section) location.reload();
  });
  if (!section) return page.replaceChildren(contents(document));
  await script();
  page.replaceChildren();
  const font = { fontFamily: "system-ui, sans-serif" };
  const options = { theme: { typography: { ...font, headings: font } }, sortTagsAlphabetically: false, hideDownloadButton: true };
  Redoc.init(section === "all" ? document : sectionOnly(document, section), options, page);
}

draw().catch((error) => {
  const page = globalThis.document.getElementById("page");
  page.replaceChildren(element("main", `The document could not be drawn (${error}). It is at /openapi.json.`));
});
