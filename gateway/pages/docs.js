"use strict";
// Renders /openapi.json with the DOM alone. Every text goes through textContent: the document is data, never markup.
(() => {
  const METHODS = ["get", "post", "put", "patch", "delete"];
  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const en = (text) => el("span", { lang: "en" }, text);
  const byId = (id) => document.getElementById(id);
  let spec = {};

  const resolve = (part) => {
    if (!part || !part.$ref) return part || {};
    return part.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], spec);
  };
  const nameOf = (part) => (part.$ref ? part.$ref.split("/").pop() : null);

  function typeText(part) {
    if (part.$ref) return nameOf(part);
    if (part.anyOf || part.oneOf || part.allOf) return (part.anyOf || part.oneOf || part.allOf).map(typeText).join(" | ");
    const types = [].concat(part.type || "any");
    return types.map((type) => (type === "array" ? `${typeText(part.items || {})}[]` : type)).join(" | ");
  }
  function limits(part) {
    const found = [];
    if (part.format) found.push(part.format);
    if (part.enum) found.push(part.enum.filter((value) => value !== null).join(" / "));
    if (part.minLength !== undefined || part.maxLength !== undefined) found.push(`长度 ${part.minLength ?? 0}–${part.maxLength ?? "∞"}`);
    if (part.minimum !== undefined || part.maximum !== undefined) found.push(`${part.minimum ?? "−∞"}–${part.maximum ?? "∞"}`);
    if (part.maxItems !== undefined) found.push(`至多 ${part.maxItems} 项`);
    if (part.pattern) found.push(part.pattern);
    return found.join("；");
  }
  function example(part, depth = 0) {
    const found = resolve(part);
    const type = [].concat(found.type || (found.properties ? "object" : "any"))[0];
    if (found.examples) return found.examples[0];
    if (found.enum) return found.enum[0];
    if (depth > 4) return "…";
    if (found.allOf) return example(found.allOf[0], depth);
    if (type === "object") return Object.fromEntries(Object.entries(found.properties || {}).map(([k, v]) => [k, example(v, depth + 1)]));
    if (type === "array") return [example(found.items || {}, depth + 1)];
    if (type === "integer" || type === "number") return found.minimum ?? 1;
    if (type === "boolean") return true;
    if (found.format === "date-time") return "2026-05-01T09:00:00+08:00";
    if (found.format === "date") return "2026-05-01";
    return type === "string" ? "…" : null;
  }

  function rows(head, lines) {
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))));
    table.append(el("tbody", {}, ...lines.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))))));
    return table;
  }
  const fieldCell = (name, required) =>
    el("span", {}, el("code", {}, name), required ? el("span", { class: "need" }, " 必填") : "");
  const typeCell = (part) => el("span", {}, el("code", {}, typeText(part)), " ", limits(resolve(part)));

  function fields(schema) {
    const found = resolve(schema);
    const wanted = new Set(found.required || []);
    return Object.entries(found.properties || {}).map(([name, part]) => [
      fieldCell(name, wanted.has(name)), typeCell(part), part.description || "",
    ]);
  }
  function parameterTable(operation) {
    const places = { path: "路径", query: "查询", header: "请求头" };
    const lines = (operation.parameters || []).map(resolve).map((one) => [
      fieldCell(one.name, one.required), places[one.in] || one.in, typeCell(one.schema || {}), one.description || "",
    ]);
    return lines.length ? [el("h3", {}, "参数 ", en("Parameters")), rows(["名称", "位置", "类型", "说明"], lines)] : [];
  }
  function bodyTable(operation) {
    const content = operation.requestBody && operation.requestBody.content;
    if (!content) return [];
    const title = el("h3", {}, "请求体 ", en("Body"), " ", el("code", {}, Object.keys(content).join(", ")));
    const schema = content["application/json"] && content["application/json"].schema;
    if (!schema) return [title];
    return [title, rows(["字段", "类型", "说明"], fields(schema)), el("pre", { tabindex: "0" }, JSON.stringify(example(schema), null, 2))];
  }
  function replyTable(operation) {
    const nodes = [el("h3", {}, "答复 ", en("Replies"))];
    const lines = Object.entries(operation.responses || {}).map(([status, reply]) => [
      el("code", {}, status), resolve(reply).description || "",
    ]);
    nodes.push(rows(["状态", "含义"], lines));
    const good = Object.entries(operation.responses || {}).find(([status]) => status.startsWith("2"));
    const json = good && resolve(good[1]).content && resolve(good[1]).content["application/json"];
    if (json && json.schema && Object.keys(json.schema).length) {
      nodes.push(el("pre", { tabindex: "0" }, JSON.stringify(example(json.schema), null, 2)));
    }
    return nodes;
  }
  function operationNode(path, method, operation) {
    const summary = el("summary", {},
      el("span", { class: `method ${method}` }, method.toUpperCase()), el("span", { class: "path" }, path),
      el("span", { class: "title" }, operation.summary || ""));
    const node = el("details", { class: "op", id: operation.operationId }, summary);
    const roles = (operation["x-roles"] || []).map((role) => el("li", {}, role === "*" ? "无需登录 public" : role));
    node.dataset.text = [path, method, operation.summary, operation.description].join(" ").toLowerCase();
    node.addEventListener("toggle", () => {
      if (!node.open || node.dataset.filled) return;
      node.dataset.filled = "1";
      const english = (operation.description || "").split("\n\n")[0];
      node.append(el("div", { class: "body" }, el("p", {}, operation.summary || "", " ", en(english)),
        el("ul", { class: "chips", "aria-label": "可用角色 Roles" }, ...roles),
        ...parameterTable(operation), ...bodyTable(operation), ...replyTable(operation)));
    });
    return node;
  }

  function render() {
    const groups = new Map();
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const method of METHODS.filter((name) => methods[name])) {
        const noun = (methods[method].tags || ["other"])[0];
        if (!groups.has(noun)) groups.set(noun, []);
        groups.get(noun).push(operationNode(path, method, methods[method]));
      }
    }
    const about = (spec.info.description || "").split("\n\n");
    byId("intro").append(el("h1", {}, spec.info.title, " 接口"), el("p", {}, about[0] || ""), el("p", {}, en(about[1] || "")));
    const names = Object.fromEntries((spec.tags || []).map((one) => [one.name, one.description]));
    for (const noun of [...groups.keys()].sort()) {
      const nodes = groups.get(noun);
      byId("nav").append(el("a", { href: `#noun-${noun}` }, names[noun] || noun, el("small", {}, String(nodes.length))));
      const title = el("h2", {}, names[noun] || noun, " ", en(noun));
      byId("operations").append(el("section", { id: `noun-${noun}`, class: "noun" }, title, ...nodes));
    }
    byId("status").textContent = "";
  }
  function filter() {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const section of document.querySelectorAll(".noun")) {
      let any = false;
      for (const node of section.querySelectorAll("details.op")) {
        node.hidden = !words.every((word) => node.dataset.text.includes(word));
        if (!node.hidden) { any = true; shown += 1; }
      }
      section.hidden = !any;
    }
    byId("status").textContent = words.length ? `找到 ${shown} 个接口` : "";
  }
  function openTarget() {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
    if (target) target.scrollIntoView();
  }

  fetch("/openapi.json")
    .then((reply) => { if (!reply.ok) throw new Error(String(reply.status)); return reply.json(); })
    .then((found) => {
      spec = found;
      render();
      byId("search").addEventListener("input", filter);
      window.addEventListener("hashchange", openTarget);
      openTarget();
    })
    .catch((error) => { byId("status").textContent = `无法载入接口文档，请稍后刷新（${error.message}）`; });
})();
