import { describe, expect, it } from "vitest";
import { routes } from "../../gateway/contract/http.ts";
import { openApi } from "../../gateway/contract/openapi.ts";
import type { Route } from "../../gateway/contract/route.ts";

type Operation = {
  operationId: string;
  security?: unknown[];
  parameters: { name: string; in: string }[];
  responses: Record<string, unknown>;
};
const described = openApi("0.0.0") as { openapi: string; paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, op]) => ({ path, method, op })),
);

describe("the OpenAPI description", () => {
  it("is the one on file: a change to the wire is a change to see", async () => {
    await expect(`${JSON.stringify(described, null, 1)}\n`).toMatchFileSnapshot("golden/openapi.json");
  });
  it("has every route once, by its own method and path", () => {
    const all: readonly Route[] = Object.values(routes);
    expect(operations.map((o) => `${o.method} ${o.path}`).sort()).toEqual(all.map((r) => `${r.method} ${r.path}`).sort());
    expect(new Set(operations.map((o) => o.op.operationId)).size).toBe(all.length);
  });
  it("leaves open what the contract leaves open, and nothing else", () => {
    expect(
      operations
        .filter((o) => o.op.security)
        .map((o) => o.path)
        .sort(),
    ).toEqual(["/api/auth/logout", "/api/auth/session", "/api/auth/sign-in", "/health", "/ready"]);
    for (const { op } of operations) expect(Object.hasOwn(op.responses, "401") || op.security !== undefined).toBe(true);
  });
  it("describes each parameter of a path", () => {
    for (const { path, op } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      expect(
        op.parameters.filter((p) => p.in === "path").map((p) => p.name),
        path,
      ).toEqual(named);
    }
  });
});
