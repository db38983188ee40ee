import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../../runtime/config.ts";
import { ROLES, SETTING_NAMES } from "../../../runtime/settings.ts";

// No engine runs here: what can be said of docker-compose.yml without one.

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: string; readonly timeout: string };
}
/** A value that comes from the environment, empty by default. */
const GIVEN = /\$\{\w+:-\}/;
const text = readFileSync("docker-compose.yml", "utf8");
const { services, volumes } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const all = Object.entries(services);
const ours = all.filter(([, s]) => s.build !== undefined);
const servers = all.filter(([, s]) => s.build === undefined);

describe.each(all)("the service %s", (_name, service) => {
  it("is of an image whose version is pinned", () => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*$/);
  });
  it("says whether it is well", () => {
    expect(service.healthcheck).toMatchObject({ interval: expect.any(String), timeout: expect.any(String) });
    expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
  });
  it("is reached from this machine only", () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
  it("keeps what it keeps in volumes that are declared", () => {
    for (const volume of service.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(":")[0]);
  });
  it("waits for services there are, in profiles that are on with its own, until they are well", () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services[other]?.profiles ?? []).toEqual(expect.arrayContaining([...(service.profiles ?? [])]));
      expect(condition).toBe("service_healthy");
    }
  });
});

describe("docker-compose.yml", () => {
  it("has the servers that Tapedeck meets on, each with a volume", () => {
    expect(servers.map(([name]) => name).sort()).toEqual(["nats", "ollama", "postgres", "redis"]);
    for (const [name, { volumes: kept = [] }] of servers) expect(kept.map((v) => v.split(":")[0])).toEqual([name]);
    expect(services.redis?.command?.join(" ")).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
    expect(services.nats?.command).toContain("-js");
  });

  it("starts nothing but the embedded default unless asked", () => {
    expect(all.filter(([, s]) => s.profiles === undefined).map(([name]) => name)).toEqual(["tapedeck"]);
    expect(services.tapedeck?.environment).toBeUndefined();
    expect(text).not.toMatch(/\$\{\w+:\?/); // would be asked for even where the service is off
  });

  it("has one service for each role, which starts with the settings it is given", () => {
    const roles = ours.filter(([name]) => name !== "tapedeck");
    expect(roles.map(([name]) => name).sort()).toEqual([...ROLES].sort());
    for (const [name, { environment = {} }] of roles) {
      const config = loadConfig({
        ...environment,
        DATABASE_URL: environment.DATABASE_URL?.replace(GIVEN, "p"),
      });
      expect(config).toMatchObject({ roles: [name], node: name });
      expect(services[name]?.healthcheck?.test.join(" ")).toContain(`:${config.metricsPort}/health`);
    }
  });

  it("gives Tapedeck settings that there are, and no secret of its own", () => {
    for (const [, { environment = {} }] of ours)
      expect(Object.keys(environment).filter((name) => !(SETTING_NAMES as readonly string[]).includes(name))).toEqual([]);
    for (const [, { environment = {} }] of all)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|TOKEN/.test(name)) expect(value).toBe(value.match(GIVEN)?.[0]);
    for (const [, address = ""] of text.matchAll(/:\/\/\w+:([^@\s"]*)@/g))
      expect(address).toMatch(/^(PASSWORD|\$\{POSTGRES_PASSWORD:-\})$/);
  });
});
