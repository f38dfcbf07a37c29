/** Writes `migrations/schema.sql`: what all migrations come to, read from the catalog, for people. Nothing executes it. */
import { writeFileSync } from 'node:fs'
import { type Ask, withMigratedCatalog } from './catalog.ts'

interface Column {
  table_name: string
  line: string
}

const COLUMNS = `
  select c.relname as table_name,
    '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when co.collname is not null and co.collname <> 'default' then ' collate "' || co.collname || '"' else '' end
      || case when a.attidentity <> '' then ' generated always as identity' else '' end
      || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  left join pg_collation co on co.oid = a.attcollation
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
  order by c.relname, a.attnum`

const CONSTRAINTS = `
  select c.relname as table_name, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
  order by c.relname, k.contype desc, k.conname`

const UNLOGGED = `
  select relname as name from pg_class where relkind = 'r' and relpersistence = 'u' and relnamespace = 'public'::regnamespace`

const INDEXES = `
  select tablename as table_name, indexdef || ';' as line from pg_indexes i
  where schemaname = 'public' and not exists (select from pg_constraint k where k.conname = i.indexname)
  order by tablename, indexname`

async function schemaText(ask: Ask): Promise<string> {
  const columns = await ask<Column>(COLUMNS)
  const constraints = await ask<Column>(CONSTRAINTS)
  const indexes = await ask<Column>(INDEXES)
  const unlogged = new Set((await ask<{ name: string }>(UNLOGGED)).map((one) => one.name))
  const of = (lines: Column[], table: string) =>
    lines.filter((one) => one.table_name === table).map((one) => one.line)
  const tables = [...new Set(columns.map((column) => column.table_name))].map((table) => {
    const body = [...of(columns, table), ...of(constraints, table)].join(',\n')
    return [
      `create ${unlogged.has(table) ? 'unlogged ' : ''}table ${table} (\n${body}\n);`,
      ...of(indexes, table),
    ].join('\n')
  })
  return `-- Written by \`npm run generate\` from the catalog of a migrated database. For reading; nothing executes it.\n\n${tables.join('\n\n')}\n`
}

writeFileSync('migrations/schema.sql', await withMigratedCatalog(schemaText))
