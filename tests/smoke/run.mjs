// `npm run smoke [-- URL]`: asks a running system whether it is well. Default http://localhost:8080, or TAPEDECK_PORT.
const base = process.argv[2] ?? `http://localhost:${process.env.TAPEDECK_PORT || 8080}`;

const get = (path) => fetch(base + path, { signal: AbortSignal.timeout(5_000), redirect: "manual" });

/** Each is a sentence and a question that says why not, or null. */
const questions = [
  ["it is alive", async () => ((await get("/health")).status === 200 ? null : "GET /health is not 200")],
  [
    "it is ready, with everything it depends on",
    async () => {
      const answer = await get("/ready");
      return answer.status === 200 ? null : `GET /ready is ${answer.status}: ${await answer.text()}`;
    },
  ],
  [
    "the dashboard is served",
    async () => (/<div id="deck"/.test(await (await get("/")).text()) ? null : "GET / is not the dashboard"),
  ],
  [
    "nobody sees the account without signing in",
    async () => ((await get("/api/portfolio")).status === 401 ? null : "GET /api/portfolio is not 401"),
  ],
  [
    "nobody stops trading without signing in",
    async () => {
      const answer = await fetch(`${base}/api/control/kill`, {
        method: "POST",
        headers: { origin: base, "content-type": "application/json" },
        body: '{"reason":"smoke"}',
      });
      return answer.status === 401 ? null : `POST /api/control/kill is ${answer.status}, not 401`;
    },
  ],
  [
    "a wrong sign-in link opens nothing",
    async () => ((await get("/signin?token=wrong")).headers.get("set-cookie") === null ? null : "a cookie was given"),
  ],
];

let failed = 0;
for (const [sentence, ask] of questions) {
  const why = await ask().catch(
    (error) => `${error.message}${error.cause ? ` (${error.cause.code ?? error.cause.message})` : ""}`,
  );
  if (why !== null) failed += 1;
  console.log(`${why === null ? "passed" : "FAILED"}  ${sentence}${why === null ? "" : `: ${why}`}`);
}
console.log(`${questions.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
