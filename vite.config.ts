import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

/** The dashboard. Built to dist/ui, served by the gateway under `default-src 'self'`: nothing inline, nothing from elsewhere. */
export default defineConfig({
  root: "ui",
  base: "/",
  publicDir: "public",
  plugins: [solid()],
  build: {
    outDir: "../dist/ui",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // Tells which plugin takes how long: noise at every install.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": process.env.TAPEDECK_GATEWAY ?? "http://localhost:8080",
      "/ws": { target: process.env.TAPEDECK_GATEWAY ?? "http://localhost:8080", ws: true },
    },
  },
});
