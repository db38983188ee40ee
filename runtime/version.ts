import about from "../package.json" with { type: "json" };

/** This build's version, as in package.json. */
export const VERSION: string = about.version;
