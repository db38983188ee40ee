import { connect } from "../../runtime/adapters/postgres/client.ts";
import { startEmbedded } from "../../runtime/adapters/postgres/embedded.ts";

// Starts the server of a folder and writes to it until it is killed.
const [, , dir = "", native = ""] = process.argv;
const { url } = await startEmbedded(dir, { native });
const sql = connect(url, { max: 1 });
await sql`create table beats (n integer)`;
for (let beat = 0; ; beat += 1) {
  await sql`insert into beats select ${beat}::int from generate_series(1, 10)`;
  if (beat === 5) process.stdout.write("writing\n");
}
