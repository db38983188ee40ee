import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../runtime/adapters/system/digest.ts";

describe("the digest", () => {
  it("is sha256 over all it was given, whenever it is asked, however the text was cut", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.integer({ min: 4_000, max: 9_000 }).map((n) => "é".repeat(n)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 40 }), (pieces) => {
        const digest = sha256();
        let whole = "";
        for (const [piece, ask] of pieces) {
          digest.update(piece);
          whole += piece;
          if (ask) expect(digest.hex()).toBe(createHash("sha256").update(whole).digest("hex"));
        }
        expect(digest.hex()).toBe(createHash("sha256").update(whole).digest("hex"));
      }),
    );
  });
});
