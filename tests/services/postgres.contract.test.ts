import { describe } from "vitest";
import { storeContract } from "../contract/store.contract.ts";
import { reachable, SERVER_URL, storeOn } from "./postgresServer.ts";

const up = await reachable();
describe.skipIf(!up)(`a real server at ${SERVER_URL}${up ? "" : " (not reachable)"}`, () => {
  storeContract("postgres", () => storeOn(SERVER_URL));
});
