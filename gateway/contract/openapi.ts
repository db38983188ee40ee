import { z } from "zod";
import { routes } from "./http.ts";
import { COMMON_ERRORS, ErrorBody, type Route } from "./route.ts";

type Json = Record<string, unknown>;

const isNone = (schema: z.ZodType): boolean => schema instanceof z.ZodUndefined;
/** The wire schema: what is written in JSON. */
const wire = (schema: z.ZodType, io: "input" | "output"): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  return rest;
};
const fields = (schema: z.ZodType, where: "path" | "query"): Json[] => {
  if (isNone(schema)) return [];
  const json = wire(schema, "input") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(json.properties ?? {}).map(([name, of]) => ({
    name,
    in: where,
    required: where === "path" || (json.required ?? []).includes(name),
    schema: of,
  }));
};

const errorsOf = (r: Route): Json => {
  const common: (keyof typeof COMMON_ERRORS)[] = ["TOO_MANY_REQUESTS", "INTERNAL"];
  if (!isNone(r.params) || !isNone(r.query) || !isNone(r.body)) common.push("BAD_REQUEST");
  if (!isNone(r.body)) common.push("TOO_LARGE");
  if (r.access !== "open") common.push("UNAUTHENTICATED");
  if (r.access === "control") common.push("FORBIDDEN");
  const byStatus = new Map<number, string[]>();
  const note = (code: string, status: number) => byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const code of common) note(code, COMMON_ERRORS[code]);
  for (const [code, status] of Object.entries(r.errors)) note(code, status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        { description: codes.join(", "), content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
      ]),
  );
};

const operation = (name: string, r: Route): Json => ({
  operationId: name,
  summary: r.summary,
  ...(r.access === "open" ? { security: [] } : {}),
  parameters: [...fields(r.params, "path"), ...fields(r.query, "query")],
  ...(isNone(r.body)
    ? {}
    : { requestBody: { required: true, content: { "application/json": { schema: wire(r.body, "input") } } } }),
  responses: {
    200: { description: "OK", content: { [r.produces]: { schema: wire(r.ok, "output") } } },
    ...errorsOf(r),
  },
});

/** OpenAPI 3.1 of every route. A function of the routes and the version alone. */
export const openApi = (version: string, of: Readonly<Record<string, Route>> = routes): Json => {
  const paths: Record<string, Json> = {};
  for (const [name, r] of Object.entries(of)) paths[r.path] = { ...paths[r.path], [r.method]: operation(name, r) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Tapedeck",
      version,
      description: "Amounts are decimal strings (USD, shares), observations numbers, times epoch milliseconds UTC.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "tapedeck_session" },
        token: { type: "http", scheme: "bearer" },
      },
      schemas: { Error: wire(ErrorBody, "output") },
    },
  };
};
