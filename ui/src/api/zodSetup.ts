import { z } from "zod";

// The page's content policy forbids making code from text, which zod does for speed unless told not to. Imported before any schema is used.
z.config({ jitless: true });
