import { PostgresAdapter, sql, type ColumnDataType, type Kysely, type RawBuilder } from 'kysely';

/**
 * A column type as this database writes it. Text compares by its bytes everywhere: SQLite does so
 * by itself, and in PostgreSQL an index over the system's own order breaks when that is updated.
 */
export function typeOn(
  db: Kysely<unknown>,
  type: ColumnDataType,
): ColumnDataType | RawBuilder<unknown> {
  const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
  return postgres && type === 'text' ? sql`text collate "C"` : type;
}
