import { afterAll, describe } from "vitest";
import { storeContract } from "../contract/store.contract.ts";
import { dropTemplates, reachable, SERVER_URL, storeOn } from "./postgresServer.ts";

const up = await reachable();
describe.skipIf(!up)(`a real server at ${SERVER_URL}${up ? "" : " (not reachable)"}`, () => {
  afterAll(dropTemplates);
  storeContract("postgres", () => storeOn(SERVER_URL));
});
