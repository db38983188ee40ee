import type { Sql } from "./client.ts";

interface Line {
  readonly owner: string;
  readonly text: string;
}

const columns = (sql: Sql) => sql<Line[]>`
  select c.relname as owner,
         format('  %s %s%s%s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                case when a.attidentity = 'a' then ' generated always as identity'
                     when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                     when d.oid is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end,
                case when a.attnotnull and c.relkind = 'r' then ' not null' else '' end) as text
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
   order by c.relname, a.attnum`;

/** Not-null constraints are left out: only newer servers name them, and the columns say it. */
const constraints = (sql: Sql) => sql<Line[]>`
  select c.relname as owner, format('  constraint %s %s', quote_ident(k.conname), pg_get_constraintdef(k.oid)) as text
    from pg_constraint k join pg_class c on c.oid = k.conrelid
   where c.relnamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c')
   order by c.relname, k.conname`;

const indexes = (sql: Sql) => sql<Line[]>`
  select c.relname as owner, pg_get_indexdef(i.indexrelid) || ';' as text
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
   where c.relnamespace = 'public'::regnamespace and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
   order by c.relname, x.relname`;

const triggers = (sql: Sql) => sql<Line[]>`
  select c.relname as owner, pg_get_triggerdef(t.oid) || ';' as text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
   order by c.relname, t.tgname`;

/** The source as it was written: what a server makes of a body differs between versions. */
const functions = (sql: Sql) => sql<Line[]>`
  select p.proname as owner,
         format('%s %s(%s) returns %s%s', case p.prokind when 'a' then 'aggregate' else 'function' end, p.proname,
                pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
                case p.prokind when 'a' then ';' else ' as $$' || p.prosrc || '$$;' end) as text
    from pg_proc p where p.pronamespace = 'public'::regnamespace
     and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
   order by p.proname`;

const kinds = (sql: Sql) => sql<{ owner: string; kind: string }[]>`
  select relname as owner, case relkind when 'v' then 'view' else 'table' end as kind
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by relname`;

/**
 * What the schema is, in one text that any server from 15 on gives alike: tables with their columns, constraints, indexes and triggers by
 * name; views by their columns; functions. Not meant to be run.
 */
export const dumpSchema = async (sql: Sql): Promise<string> => {
  const [tables, cols, cons, idx, trg, fns] = await Promise.all([
    kinds(sql),
    columns(sql),
    constraints(sql),
    indexes(sql),
    triggers(sql),
    functions(sql),
  ]);
  const of = (lines: readonly Line[], owner: string) => lines.filter((l) => l.owner === owner).map((l) => l.text);
  const parts = tables.map(({ owner, kind }) =>
    [
      `${kind} ${owner} (\n${[...of(cols, owner), ...of(cons, owner)].join(",\n")}\n);`,
      ...of(idx, owner),
      ...of(trg, owner),
    ].join("\n"),
  );
  const head = "-- Generated from migrations/ by `tapedeck migrate --print-schema`; compared by a test. Not meant to be run.";
  return `${[head, ...parts, ...fns.map((f) => f.text)].join("\n\n")}\n`;
};
