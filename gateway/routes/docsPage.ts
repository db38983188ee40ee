type Json = Record<string, unknown>;
const obj = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

const html = (text: unknown): string =>
  String(text ?? "").replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--dim:light-dark(#5b6675,#8b96a5)}
body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border-bottom:1px solid var(--line);padding:.4rem 0}summary{cursor:pointer}summary span{color:var(--dim)}
code,pre,summary b{font-family:ui-monospace,monospace;font-size:12.5px}pre{overflow:auto;padding:.6rem;border:1px solid var(--line);border-radius:6px}
b{display:inline-block;min-width:4rem;text-transform:uppercase}`;

const block = (title: string, schema: unknown): string =>
  schema === undefined ? "" : `<h4>${title}</h4><pre>${html(JSON.stringify(schema, null, 1))}</pre>`;

const operation = (path: string, method: string, op: Json): string => {
  const parameters = (op.parameters as Json[] | undefined) ?? [];
  const body = obj(obj(obj(op.requestBody).content)["application/json"]).schema;
  const answers = Object.entries(obj(op.responses)).map(
    ([status, r]) => `<li><code>${status}</code> ${html(obj(r).description)}</li>`,
  );
  const good = Object.values(obj(obj(obj(op.responses)["200"]).content))[0];
  const given = parameters.map(
    (p) =>
      `<li><code>${html(p.name)}</code> in ${html(p.in)}${p.required ? ", required" : ""}: <code>${html(JSON.stringify(p.schema))}</code></li>`,
  );
  return `<details id="${html(op.operationId)}"><summary><b>${method}</b> <code>${html(path)}</code> <span>${html(op.summary)}${Array.isArray(op.security) ? " · open" : ""}</span></summary>
${given.length > 0 ? `<h4>Parameters</h4><ul>${given.join("")}</ul>` : ""}${block("Body", body)}${block("Answer", obj(good).schema)}<h4>Status</h4><ul>${answers.join("")}</ul></details>`;
};

/** The OpenAPI description as one page: no script, nothing fetched. */
export const docsPage = (api: Json): string => {
  const info = obj(api.info);
  const operations = Object.entries(obj(api.paths)).flatMap(([path, methods]) =>
    Object.entries(obj(methods)).map(([method, op]) => operation(path, method, obj(op))),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(info.title)} API</title><style>${STYLE}</style></head>
<body><h1>${html(info.title)} API <code>${html(info.version)}</code></h1><p>${html(info.description)} <a href="/api/openapi.json">openapi.json</a></p>
<p>Signed-in browsers send their session cookie; scripts send <code>Authorization: Bearer &lt;token&gt;</code>.</p>${operations.join("\n")}</body></html>`;
};
