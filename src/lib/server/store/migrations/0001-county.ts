import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** The first shape of the county's tables. Migrations only go forward. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns, key] of TABLES) {
    let create = db.schema.createTable(table);
    for (const [name, type] of columns)
      create = create.addColumn(name, typeOn(db, type.replace('?', '') as Column), (column) =>
        type.endsWith('?') ? column : column.notNull(),
      );
    await create.addPrimaryKeyConstraint(`${table}_pk`, key).execute();
  }
  for (const [name, table, columns, unique] of INDEXES) {
    const create = db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
    await (unique ? create.unique() : create).execute();
  }
}

type Column = 'text' | 'bigint' | 'integer' | 'double precision';
type Columns = readonly (readonly [name: string, type: Column | 'text?' | 'bigint?'])[];

const TEXTS = (...names: string[]): Columns => names.map((name) => [name, 'text'] as const);

const TABLES: readonly (readonly [table: string, columns: Columns, key: never[]])[] = [
  table(
    'log',
    ['county', 'seq'],
    [
      ...TEXTS('county', 'tag', 'kind', 'id', 'h', 'case_id', 'person_id', 'note', 'dv', 'type'),
      ...TEXTS('occurred_at', 'received_at', 'actor', 'body'),
      ['seq', 'bigint'],
      ['ds', 'bigint'],
      ['v', 'integer'],
      ['clock_offset', 'double precision'],
    ],
  ),
  table('log_head', ['county'], [...TEXTS('county', 'tag'), ['seq', 'bigint'], ['safe', 'bigint']]),
  table(
    'epochs',
    ['county', 'n'],
    [...TEXTS('county', 'id', 'reason', 'at'), ['n', 'integer'], ['base_seq', 'bigint']],
  ),
  table(
    'devices',
    ['county', 'dv'],
    [
      ...TEXTS(
        'county',
        'dv',
        'person_id',
        'letter',
        'build',
        'enrolled_at',
        'last_seen_at',
        'report',
      ),
      ['last_ds', 'bigint'],
      ['ds_hi', 'bigint'],
      ['clock_offset', 'double precision'],
    ],
  ),
  table(
    'device_log',
    ['county', 'dv', 'ds'],
    [...TEXTS('county', 'dv', 'id', 'outcome'), ['ds', 'bigint']],
  ),
  table(
    'dead_letter',
    ['county', 'id'],
    [
      ...TEXTS('county', 'id', 'h', 'dv', 'person_id', 'case_id', 'salt', 'code', 'reason', 'raw'),
      ...TEXTS('received_at'),
      ['ds', 'bigint'],
      ['clock_offset', 'double precision'],
      ['adopted_seq', 'bigint?'],
    ],
  ),
  table(
    'cases',
    ['county', 'case_id'],
    [
      ...TEXTS('county', 'case_id', 'salt', 'status', 'area_code', 'search_text', 'file'),
      ['first_seq', 'bigint'],
      ['last_seq', 'bigint'],
      ['sealed', 'integer'],
      ['urgent', 'integer'],
      ...['case_no', 'temporary_no', 'query_code', 'agent_id', 'lead_unit_id', 'category', 'level']
        .concat('xf_date', 'received_at', 'closed_at')
        .map((name) => [name, 'text?'] as const),
    ],
  ),
  table('case_agents', ['county', 'person_id', 'case_id'], TEXTS('county', 'person_id', 'case_id')),
  table(
    'case_access',
    ['county', 'person_id', 'case_id', 'from_seq'],
    [...TEXTS('county', 'person_id', 'case_id'), ['from_seq', 'bigint'], ['to_seq', 'bigint?']],
  ),
  table(
    'viewers',
    ['county', 'person_id'],
    [...TEXTS('county', 'person_id', 'grants_print'), ['checked_seq', 'bigint']],
  ),
  table(
    'media_files',
    ['county', 'sha'],
    [
      ...TEXTS('county', 'sha', 'mime', 'case_id', 'person_id', 'state', 'refused', 'announced_at'),
      ['bytes', 'bigint'],
      ['complete_at', 'text?'],
    ],
  ),
  table(
    'audit',
    ['county', 'n'],
    [
      ...TEXTS('county', 'at', 'person_id', 'action', 'note'),
      ['n', 'bigint'],
      ['case_id', 'text?'],
    ],
  ),
  table('counters', ['county', 'name'], [...TEXTS('county', 'name'), ['value', 'bigint']]),
];

const INDEXES: readonly (readonly [string, string, readonly string[], boolean?])[] = [
  ['log_by_id', 'log', ['county', 'id'], true],
  ['log_by_case', 'log', ['county', 'case_id', 'seq']],
  ['log_by_person', 'log', ['county', 'person_id', 'seq']],
  ['cases_by_agent', 'cases', ['county', 'agent_id', 'last_seq']],
  ['cases_by_status', 'cases', ['county', 'status', 'last_seq']],
  ['cases_by_query_code', 'cases', ['county', 'query_code']],
  ['cases_by_no', 'cases', ['county', 'case_no']],
  ['cases_by_area', 'cases', ['county', 'area_code']],
  ['access_by_case', 'case_access', ['county', 'case_id']],
  ['devices_by_person', 'devices', ['county', 'person_id']],
  ['media_by_case', 'media_files', ['county', 'case_id']],
  ['audit_by_case', 'audit', ['county', 'case_id']],
];

function table(name: string, key: readonly string[], columns: Columns) {
  return [name, columns, key as never[]] as const;
}
