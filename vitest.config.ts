import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

/** One project per kind of test, so that each can be run alone: `npx vitest run --project replay`. */
const project = (name: string, options: { timeoutMs?: number; serial?: boolean; built?: boolean } = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout: options.timeoutMs ?? 10_000,
    hookTimeout: options.timeoutMs ?? 30_000,
    ...(options.built ? { globalSetup: ["tests/support/buildOnce.ts"] } : {}),
    ...(options.serial ? { fileParallelism: false } : {}),
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit"),
      project("property", { timeoutMs: 60_000 }),
      project("contract", { timeoutMs: 60_000, built: true }),
      project("replay", { timeoutMs: 60_000, built: true }),
      project("arch", { timeoutMs: 60_000, built: true }),
      project("services", { timeoutMs: 120_000, serial: true, built: true }),
      project("chaos", { timeoutMs: 600_000, serial: true, built: true }),
      project("e2e", { timeoutMs: 180_000, serial: true }),
      {
        resolve: { conditions: ["development", "browser"] },
        ssr: { resolve: { conditions: ["development", "browser"] } },
        // Components are compiled for the browser; the library they meet must be its browser build too.
        plugins: [solid({ hot: false })],
        test: { name: "ui", include: ["tests/ui/**/*.test.{ts,tsx}"], environment: "happy-dom" },
      },
    ],
  },
});
