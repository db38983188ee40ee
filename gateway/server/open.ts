import { nodeServer } from "./node.ts";
import type { App, Server, ServerName } from "./port.ts";
import { type Uws, uwsServer } from "./uws.ts";

/** The alias that holds a binary for this Node first; the other may still fit. */
const uwsBinding = async (): Promise<Uws | null> => {
  const major = Number(process.versions.node.split(".")[0]);
  const load = {
    uws20: () => import("uws20") as unknown as Promise<Uws>,
    uws22: () => import("uws22"),
  };
  for (const name of major < 22 ? (["uws20", "uws22"] as const) : (["uws22", "uws20"] as const)) {
    try {
      const loaded: Uws & { default?: Uws } = await load[name]();
      return loaded.default ?? loaded;
    } catch {} // not installed here, or no binary for this platform: the next one
  }
  return null;
};

/** Which servers can run here, the preferred first. */
export const availableServers = async (): Promise<readonly ServerName[]> => ((await uwsBinding()) ? ["uws", "node"] : ["node"]);

/** uWebSockets where there is a binary for this machine, else node:http with ws; `prefer` says otherwise. `name` says which it is. @throws when a preferred uws is not to be had. */
export const openServer = async (app: App, options: { readonly prefer?: ServerName } = {}): Promise<Server> => {
  if (options.prefer === "node") return nodeServer(app);
  const uws = await uwsBinding();
  if (uws) return uwsServer(uws, app);
  if (options.prefer === "uws")
    throw new Error("uWebSockets.js has no binary for this machine: leave the choice open, or choose node");
  return nodeServer(app);
};
