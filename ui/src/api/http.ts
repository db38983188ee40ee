import { type BodyOf, ErrorBody, type OkOf, type ParamsOf, type QueryOf, type Route } from "../../../gateway/contract/route.ts";

/** The deck said no, or did not answer (`status` 0). `code` is the contract's. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

export interface CallInput<R extends Route> {
  readonly params?: ParamsOf<R>;
  readonly query?: Partial<QueryOf<R>>;
  readonly body?: BodyOf<R>;
}

const fillPath = (path: string, params: unknown): string =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown> | undefined)?.[name] ?? "")),
  );
const queryText = (query: unknown): string => {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)]))}`;
};

const listeners = new Set<() => void>();
/** Called when an answer says that nobody is signed in. */
export const onSignedOut = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Calls a route of the contract. @throws ApiError with the contract's code; UNREACHABLE when nobody answers. */
export const call = async <R extends Route>(route: R, input: CallInput<R> = {}, fetcher = fetch): Promise<OkOf<R>> => {
  const url = fillPath(route.path, input.params) + queryText(input.query);
  const response = await fetcher(url, {
    method: route.method.toUpperCase(),
    credentials: "same-origin",
    headers: { accept: route.produces, ...(input.body === undefined ? {} : { "content-type": "application/json" }) },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  }).catch(() => {
    throw new ApiError(0, "UNREACHABLE", "The deck does not answer. Is it running?");
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const error = ErrorBody.safeParse(body);
    const known = error.success ? error.data.error : { code: `HTTP_${response.status}`, message: response.statusText };
    if (known.code === "UNAUTHENTICATED") for (const tell of listeners) tell();
    throw new ApiError(response.status, known.code, known.message);
  }
  const parsed = route.ok.safeParse(body);
  if (!parsed.success)
    throw new ApiError(response.status, "BAD_ANSWER", "The deck answered in a form this page does not know. Reload it.");
  return parsed.data as OkOf<R>;
};
