// Lists the operations of /openapi.json by tag, with their parameters, bodies and answers, and tries them out.
"use strict";

const verbs = ["get", "post", "put", "patch", "delete"];
let doc = {};

function make(tag, text, attributes) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  Object.assign(element, attributes || {});
  return element;
}

function resolve(value) {
  let found = value;
  for (let i = 0; found && found.$ref && i < 20; i += 1) {
    found = found.$ref.replace(/^#\//, "").split("/").reduce(
      (at, key) => at && at[key.replace(/~1/g, "/").replace(/~0/g, "~")], doc);
  }
  return found || {};
}

function schemaOf(content) {
  const media = Object.values(content || {})[0] || {};
  return { schema: media.schema, example: media.example };
}

function sketch(schema, depth) {
  const s = resolve(schema);
  if (s.example !== undefined) return s.example;
  if (s.enum) return s.enum.join(" | ");
  if (depth > 5) return "…";
  if (s.allOf) return Object.assign({}, ...s.allOf.map((part) => sketch(part, depth + 1)));
  if (s.oneOf || s.anyOf) return sketch((s.oneOf || s.anyOf)[0], depth + 1);
  if (s.properties) {
    return Object.fromEntries(Object.entries(s.properties).map(([name, value]) => [name, sketch(value, depth + 1)]));
  }
  if (s.items) return [sketch(s.items, depth + 1)];
  return s.format || (Array.isArray(s.type) ? s.type.join(" | ") : s.type) || "any";
}

function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

async function send(verb, path, fields, body, out) {
  let target = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    if (!input.value) continue;
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    if (parameter.in === "query") query.set(parameter.name, input.value);
  }
  const headers = {};
  for (const { parameter, input } of fields) {
    if (parameter.in === "header" && input.value) headers[parameter.name] = input.value;
  }
  const token = document.getElementById("token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = verb === "patch" ? "application/merge-patch+json" : "application/json";
  if (verb !== "get") headers["Idempotency-Key"] = crypto.randomUUID();
  out.textContent = "…";
  try {
    const answer = await fetch(target + (query.size ? `?${query}` : ""),
      { method: verb.toUpperCase(), headers, body: body || undefined });
    const text = await answer.text();
    let shown = text;
    try { shown = pretty(JSON.parse(text)); } catch { /* not JSON: as it is */ }
    const etag = answer.headers.get("etag");
    out.textContent = `${answer.status} ${answer.statusText}${etag ? `\nETag: ${etag}` : ""}\n\n${shown}`;
  } catch (failure) {
    out.textContent = String(failure);
  }
}

function operation(path, verb, op, shared) {
  const box = make("details");
  const head = make("summary");
  head.append(make("span", verb, { className: "method" }), make("code", path), ` ${op.summary || ""}`);
  const inside = make("div");
  if (op.description) inside.append(make("p", op.description));
  const fields = [...(shared || []), ...(op.parameters || [])].map((one) => {
    const parameter = resolve(one);
    const label = make("label");
    const input = make("input", undefined, { placeholder: resolve(parameter.schema).type || "" });
    label.append(make("code", parameter.name), ` (${parameter.in}${parameter.required ? ", required" : ""}) `,
      parameter.description || "", input);
    inside.append(label);
    return { parameter, input };
  });
  let body;
  if (op.requestBody) {
    const { schema, example } = schemaOf(resolve(op.requestBody).content);
    body = make("textarea", undefined, { rows: 6, value: pretty(example || sketch(schema, 0)) });
    const label = make("label", "Body");
    label.append(body);
    inside.append(label);
  }
  const out = make("pre");
  const button = make("button", "Send", { type: "button" });
  button.addEventListener("click", () => send(verb, path, fields, body && body.value, out));
  inside.append(button, out);
  for (const [status, answer] of Object.entries(op.responses || {})) {
    const said = resolve(answer);
    const { schema, example } = schemaOf(said.content);
    const detail = make("details");
    detail.append(make("summary", `${status} ${said.description || ""}`));
    if (schema || example) detail.append(make("pre", pretty(example || sketch(schema, 0))));
    inside.append(detail);
  }
  box.append(head, inside);
  box.dataset.find = `${verb} ${path} ${op.summary || ""}`.toLowerCase();
  return box;
}

function show() {
  const tags = new Map((doc.tags || []).map((tag) => [tag.name, { about: tag.description, boxes: [] }]));
  for (const [path, item] of Object.entries(doc.paths || {})) {
    for (const verb of verbs.filter((one) => item[one])) {
      const tag = (item[verb].tags || ["other"])[0];
      if (!tags.has(tag)) tags.set(tag, { boxes: [] });
      tags.get(tag).boxes.push(operation(path, verb, item[verb], item.parameters));
    }
  }
  const main = document.getElementById("paths");
  for (const [name, { about, boxes }] of tags) {
    if (!boxes.length) continue;
    const section = make("section");
    section.append(make("h2", name), make("p", about || "", { className: "about" }), ...boxes);
    main.append(section);
  }
}

document.getElementById("find").addEventListener("input", (event) => {
  const part = event.target.value.toLowerCase();
  for (const box of document.querySelectorAll("main > section > details")) {
    box.hidden = !box.dataset.find.includes(part);
  }
});

fetch("/openapi.json").then(async (answer) => {
  if (!answer.ok) throw new Error(`This gateway was built without its document (${answer.status}).`);
  doc = await answer.json();
  document.getElementById("note").textContent = `${doc.info.title} ${doc.info.version}. ${doc.info.summary || ""}`;
  show();
}).catch((failure) => {
  const note = document.getElementById("note");
  note.textContent = failure.message;
  note.className = "error";
});
