/**
 * Which kept events a person sees on 暂存, in which order, and what he may do with each.
 *
 *     all that wait ─► his to see ─► laid aside? ─► a few of each sender ─► a page
 *                                                   readable ones first, then the oldest
 */
import { emptyCaseFile } from '../../domain/case-file.ts';
import { isFieldAct } from '../../domain/admit.ts';
import { can, type CaseSight, sightOf, type Subject } from '../../domain/permissions.ts';
import { isEventType } from '../../domain/shapes.ts';
import type { CaseId } from '../../domain/values.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { isHeldCode, type HeldCode } from '../../protocol/sealed-rows.ts';
import { isBox } from '../sealing/box.ts';
import { lastKeptUnder } from '../settings/kept.ts';
import type { DeskDeps } from './deps.ts';
import { keptCasesNaming } from './kept-named.ts';

/** Rows of a page, and of one sender before his others are folded into one line. */
export const KEPT_PAGE = 50;
export const KEPT_OF_ONE = 20;
/** Name of the note that a row was laid aside; its value is the reason, empty when taken up again. */
export const LAID = 'laid_aside.';
/** Rows whose words were looked at for whether they seal; asked anew when there are more. */
const SAID_KEPT_MAX = 20_000;
const IDS_AT_ONCE = 500;

const fieldOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined;

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return null;
  }
}

/** Type of an event as it came; empty where it says none. */
export function typeOf(raw: string): string {
  const type = fieldOf(parsed(raw), 't');
  return typeof type === 'string' ? type : '';
}

/** Whether a kept event says that its case is sealed, although it could not join the log. */
function saysSealed(raw: string): boolean {
  if (isBox(raw)) return true;
  const event = parsed(raw);
  const head = fieldOf(fieldOf(event, 'p'), 'head');
  return fieldOf(event, 't') === 'case.sealed' || fieldOf(head, 'procedure') === 'SEALED';
}

/** What is asked of the words of a row, without keeping them. */
interface Said {
  readonly sealed: boolean;
  readonly box: boolean;
  /** An act of the office is done by the office, under its own name. */
  readonly office: boolean;
}

const saidBy = (raw: string): Said => {
  const type = typeOf(raw);
  const office = isEventType(type) && !isFieldAct(type, 'A') && !isFieldAct(type, 'T');
  return { sealed: saysSealed(raw), box: isBox(raw), office };
};

const known = new WeakMap<DeskDeps['db'], Map<string, Said>>();

/** Reads the words of rows that were never looked at; a box is looked at each time. */
async function saidIn(deps: DeskDeps, ids: readonly string[]): Promise<ReadonlyMap<string, Said>> {
  const said = known.get(deps.db) ?? new Map<string, Said>();
  known.set(deps.db, said);
  if (said.size > SAID_KEPT_MAX) said.clear();
  const fresh = ids.filter((id) => said.get(id)?.box !== false);
  for (let at = 0; at < fresh.length; at += IDS_AT_ONCE) {
    const rows = await deps.db
      .selectFrom('dead_letter')
      // With its case: a box opens in its own case alone.
      .select(['id', 'case_id', 'raw'])
      .where('county', '=', deps.county)
      .where('id', 'in', fresh.slice(at, at + IDS_AT_ONCE))
      .execute();
    for (const { id, raw } of rows) said.set(id, saidBy(raw));
  }
  return said;
}

/** A row without its words. */
interface Light {
  readonly id: string;
  readonly case_id: string;
  readonly person_id: string;
  readonly code: string;
}

/** What this person may do with a kept event. */
export interface Door {
  /** The case, where it is known. */
  readonly record: CaseRecord | null;
  readonly shown: boolean;
  /** Its words may be read, behind a look. */
  readonly words: boolean;
  readonly mayAdopt: boolean;
}

/** A case whose beginning has not come, seen as if it had: somewhere in the county. */
const unknownSight = (deps: DeskDeps, caseId: CaseId): CaseSight => ({
  ...sightOf(emptyCaseFile(caseId, '')),
  status: 'SUBMITTED',
  areaCode: deps.county,
});

/** What is kept of a case where whole names shut out may name somebody whom the case does not. */
const asksRaw = ({ sealed, guarded }: CaseSight): boolean => sealed || guarded;

/** Words of an unknown case are for the sealed list alone, for nobody knows yet what it is. */
function doorOf(
  deps: DeskDeps,
  person: Subject,
  { caseId, record, sealed }: { caseId: CaseId; record: CaseRecord | null; sealed: boolean },
): Door {
  const now = deps.now();
  const plain = record === null ? unknownSight(deps, caseId) : sightOf(record.file);
  const object = sealed ? { ...plain, sealed } : plain;
  const adopts = (sight: CaseSight) => can(person, 'record:event.adopted', { object: sight, now });
  const reads = (sight: CaseSight) =>
    can(person, 'case.view', { object: sight, now }) &&
    can(person, 'case.view_identity', { object: sight, now }) &&
    can(person, 'case.view_sensitive', { object: sight, now });
  if (record !== null) {
    // A kept row says who went to see and what for: not to the unit that the case is about.
    const audits = can(person, 'audit.view', { object: null, now });
    const told = audits || can(person, 'case.view_words', { object, now });
    const shown = told && can(person, 'case.view', { object, now });
    return { record, shown, words: shown && reads(object), mayAdopt: adopts(object) };
  }
  const asSealed = { ...object, sealed: true };
  const mayAdopt = adopts(object) || adopts(asSealed);
  return { record, shown: mayAdopt, words: mayAdopt && reads(asSealed), mayAdopt };
}

/** A row that this person sees, without its words. */
export interface KeptLight extends Light {
  readonly door: Door;
  readonly laid: boolean;
  /** A person can do something with it: it is not torn, not shut and not an act of the office. */
  readonly readable: boolean;
}

/** Its tablet did not sign it: an officer may say that it counts. */
const isUnsigned = (code: string): boolean => code === ('SEALED_SIGNATURE' satisfies HeldCode);

/** Every row that this person sees, readable ones first, then by when they came. */
export async function keptLights(deps: DeskDeps, person: Subject): Promise<KeptLight[]> {
  const rows: Light[] = await deps.db
    .selectFrom('dead_letter')
    .select(['id', 'case_id', 'person_id', 'code'])
    .where('county', '=', deps.county)
    .where('adopted_seq', 'is', null)
    .orderBy('received_at')
    .orderBy('id')
    .execute();
  if (rows.length === 0) return [];
  const said = await saidIn(
    deps,
    rows.map(({ id }) => id),
  );
  const sealed = new Set(rows.filter(({ id }) => said.get(id)?.sealed).map((row) => row.case_id));
  const records = new Map((await deps.cases.all()).map((one) => [one.caseId as string, one]));
  const asksNames = ({ case_id }: Light) => {
    const record = records.get(case_id);
    return record === undefined || sealed.has(case_id) || asksRaw(sightOf(record.file));
  };
  const named = await keptCasesNaming(deps, person, rows.filter(asksNames));
  const laid = await lastKeptUnder(deps, LAID);
  const doors = new Map<string, Door>();
  const doorFor = (id: string): Door => {
    const caseId = id as CaseId;
    const about = { caseId, record: records.get(id) ?? null, sealed: sealed.has(id) };
    const door = doors.get(id) ?? doorOf(deps, person, about);
    doors.set(id, door);
    return door;
  };
  const lights = rows.flatMap((row): KeptLight[] => {
    const door = doorFor(row.case_id);
    if (!door.shown || named.has(row.case_id)) return [];
    const words = said.get(row.id);
    const held = isHeldCode(row.code) && !isUnsigned(row.code);
    const readable = row.code !== 'MALFORMED' && !held && words?.box === false && !words.office;
    return [{ ...row, door, readable, laid: isLaid(laid.get(row.id)?.value) }];
  });
  return lights.sort((a, b) => Number(b.readable) - Number(a.readable));
}

const isLaid = (value: string | undefined): boolean => value !== undefined && value !== '""';

/** What is asked of the list. */
export interface KeptAsk {
  /** Those of one sender alone, unfolded. */
  readonly who: string;
  /** Those that were laid aside. */
  readonly laid: boolean;
  /** From 1. */
  readonly page: number;
}

/** Reads an address; what is not known is as if it were not there. */
export function readKeptAsk(params: URLSearchParams): KeptAsk {
  const page = Number(params.get('n'));
  return {
    who: (params.get('who') ?? '').slice(0, 60),
    laid: params.get('laid') === '1',
    page: Number.isInteger(page) && page > 0 && page < 10_000 ? page : 1,
  };
}

/** One page of a list of rows, and what is folded away of each sender. */
export function pageOf(all: readonly KeptLight[], { who, laid, page }: KeptAsk) {
  const wanted = all.filter((row) => row.laid === laid && (who === '' || row.person_id === who));
  const times = new Map<string, number>();
  const shown = wanted.filter(({ person_id }) => {
    const n = (times.get(person_id) ?? 0) + 1;
    times.set(person_id, n);
    return who !== '' || n <= KEPT_OF_ONE;
  });
  const folded = [...times].flatMap(([personId, n]) =>
    who === '' && n > KEPT_OF_ONE ? [{ personId, more: n - KEPT_OF_ONE }] : [],
  );
  const pages = Math.max(1, Math.ceil(shown.length / KEPT_PAGE));
  const at = Math.min(page, pages);
  return {
    rows: shown.slice((at - 1) * KEPT_PAGE, at * KEPT_PAGE),
    ...{ folded, pages, page: at, total: wanted.length },
    laidCount: all.filter((row) => row.laid).length,
  };
}
