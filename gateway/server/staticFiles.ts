import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { failure, respond } from "./answers.ts";
import type { HttpRequest, HttpResponse } from "./port.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
const SMALLEST_TO_ZIP = 1024;

interface Loaded {
  readonly mtimeMs: number;
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
  readonly zipped: Uint8Array | null;
}

/** The file below `root` that a URL path names, or null: nothing outside of it, nothing hidden, no folders. */
const locate = async (root: string, path: string): Promise<string | null> => {
  const decoded = decodeURIComponent(path);
  if (decoded.includes("\0") || decoded.includes("\\")) return null;
  if (decoded.split("/").some((part) => part.startsWith("."))) return null;
  try {
    const real = await realpath(join(root, decoded));
    return real.startsWith((await realpath(root)) + sep) ? real : null;
  } catch {
    return null; // there is no such file
  }
};

const load = async (file: string, mtimeMs: number): Promise<Loaded> => {
  const bytes = await readFile(file);
  const type = TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
  const zips = bytes.length >= SMALLEST_TO_ZIP && /text|json|svg/.test(type);
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { mtimeMs, type, etag, bytes, zipped: zips ? gzipSync(bytes) : null };
};

const isSame = (given: string | undefined, etag: string): boolean =>
  (given ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");

const serve = (request: HttpRequest, path: string, file: Loaded): HttpResponse => {
  const forever = path.startsWith("/assets/"); // the build puts a hash of the content into these names
  const headers: (readonly [string, string])[] = [
    ["etag", file.etag],
    ["cache-control", forever ? "public, max-age=31536000, immutable" : "no-cache"],
    ["vary", "accept-encoding"],
  ];
  if (isSame(request.headers["if-none-match"], file.etag)) return respond(request, 304, file.type, "", headers);
  const zip = file.zipped !== null && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  if (zip) headers.push(["content-encoding", "gzip"]);
  return respond(request, 200, file.type, zip && file.zipped ? file.zipped : file.bytes, headers);
};

/** A page asked for by a browser: what no file answers, the dashboard's own router does. */
const isPage = (request: HttpRequest): boolean =>
  extname(request.path) === "" && (request.headers.accept ?? "").includes("text/html");

/** Files of a folder, each read once until it changes. Null: no such file. */
export const staticFiles = (root: string): ((request: HttpRequest) => Promise<HttpResponse | null>) => {
  const cache = new Map<string, Loaded>();
  const get = async (path: string): Promise<Loaded | null> => {
    const file = await locate(root, path);
    if (file === null) return null;
    const info = await stat(file);
    if (!info.isFile()) return null;
    const known = cache.get(file);
    if (known && known.mtimeMs === info.mtimeMs) return known;
    const loaded = await load(file, info.mtimeMs);
    cache.set(file, loaded);
    return loaded;
  };
  return async (request) => {
    const path = request.path === "/" ? "/index.html" : request.path;
    const file = await get(path);
    if (file) return serve(request, path, file);
    if (request.path !== "/" && !isPage(request)) return null;
    const page = await get("/index.html");
    if (page) return serve(request, "/index.html", page);
    return failure(request, 404, "NOT_FOUND", "the dashboard is not built: run `npm run build`");
  };
};
