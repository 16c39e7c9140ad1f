import { actorUnder, grantFor, sightOf, type Subject } from '../../domain/permissions.ts';
import { saidWords } from '../../domain/said-words.ts';
import { fail, ok, type CaseId, type EventId, type Result } from '../../domain/values.ts';
import type { AsideRow } from '../../ports/county-store.ts';
import { isHeldCode, type HeldCode } from '../../protocol/sealed-rows.ts';
import { isBox } from '../sealing/box.ts';
import { rolesAt } from '../auth/subject.ts';
import { asideFromTable } from '../store/rows.ts';
import { adoptAside } from '../sync/record.ts';
import { vouchFor } from '../sync/sealed-again.ts';
import type { DeskActDeps, DeskDeps } from './deps.ts';
import { eventName } from './history.ts';
import {
  type Door,
  type KeptAsk,
  type KeptLight,
  keptLights,
  LAID,
  pageOf,
  typeOf,
} from './kept-list.ts';
import { beginLook, beginLookBeside, lastLook, logLook, lookAt, writeLook } from './looks.ts';
import { seeCase } from './see.ts';

const RAW_MAX = 4_000;
/** Rows that are shown without asking for a page. */
const ROWS_MAX = 500;
const REASON_MAX = 2_000;

/** Nobody can read it yet; it joins the log by itself when the county can open it. */
const SEALED_NAME = '封着送来的一条';

/** Its tablet did not sign it: an officer may say that it counts. */
const isUnsigned = (code: string): boolean => code === ('SEALED_SIGNATURE' satisfies HeldCode);

/** Whether this person's look at the words is open, for each case once. */
interface Looks {
  readonly isOpen: (caseId: string, door: Door) => Promise<boolean>;
  /** Writes a line for each case whose words were shown. */
  readonly log: (shown: ReadonlySet<string>) => Promise<void>;
}

const lookDeps = ({ db, store, county, now }: DeskDeps) => ({ db, store, county, now: now() });

function looksOf(deps: DeskDeps, person: Subject): Looks {
  const open = new Map<string, (() => Promise<void>) | null>();
  const ask = async (caseId: string, door: Door): Promise<(() => Promise<void>) | null> => {
    if (!door.words) return null;
    if (door.record === null) {
      const why = await lastLook(lookDeps(deps), person, caseId);
      const line = { caseId, classes: 'P4', why: why ?? '' };
      return why === null ? null : () => writeLook(lookDeps(deps), person, line);
    }
    const seen = await seeCase(deps, person, caseId);
    if (seen === null) return null;
    const look = await lookAt(deps, person, seen);
    return look.open ? () => logLook(deps, person, { seen, look }) : null;
  };
  return {
    isOpen: async (caseId, door) => {
      if (!open.has(caseId)) open.set(caseId, await ask(caseId, door));
      return open.get(caseId) !== null;
    },
    log: async (shown) => {
      for (const caseId of shown) await open.get(caseId)?.();
    },
  };
}

/** Who sent it, as his own account has it: name, letter of his post, whether in force or not. */
async function senderOf(deps: DeskActDeps, personId: string) {
  const sender = (await deps.sync.sealed?.askerOf(personId)) ?? null;
  if (sender === null) return { who: '', role: '' };
  const [role = sender.grants[0]?.role ?? ''] = rolesAt(sender, deps.now());
  return { who: sender.name, role: role as string };
}

async function rowsOf(deps: DeskActDeps, person: Subject, lights: readonly KeptLight[]) {
  if (lights.length === 0) return [];
  const ids = lights.map(({ id }) => id);
  const kept = await deps.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('county', '=', deps.county)
    .where('id', 'in', ids)
    .execute();
  const asides = new Map(kept.map((row) => [row.id, asideFromTable(row)]));
  const senders = new Map<string, Awaited<ReturnType<typeof senderOf>>>();
  const looks = looksOf(deps, person);
  const told = new Set<string>();
  const rows = [];
  for (const { id, door, laid, readable, person_id } of lights) {
    const aside: AsideRow | undefined = asides.get(id);
    if (aside === undefined) continue;
    const shut = isBox(aside.raw);
    const open = !shut && (await looks.isOpen(aside.caseId, door));
    const sender = senders.get(person_id) ?? (await senderOf(deps, person_id));
    senders.set(person_id, sender);
    if (open) told.add(aside.caseId);
    const sealed = door.record !== null && sightOf(door.record.file).sealed;
    rows.push({
      ...{ id, caseId: aside.caseId, personId: person_id, ...sender },
      /** The case's agent where somebody else sent it; empty else, and of a sealed case. */
      agent:
        sealed || door.record?.file.agent?.personId === person_id
          ? ''
          : (door.record?.file.agent?.name ?? ''),
      name: shut || isHeldCode(aside.code) ? SEALED_NAME : eventName(typeOf(aside.raw)),
      code: aside.code,
      reason: aside.reason,
      receivedAt: aside.receivedAt as string,
      href: door.record === null ? null : `/desk/case/${aside.caseId}`,
      raw: open ? aside.raw.slice(0, RAW_MAX) : null,
      /** Its words wait for a reason. */
      asks: !shut && !open && door.words,
      laid,
      mayLay: door.mayAdopt,
      mayAdopt: door.mayAdopt && readable,
    });
  }
  await looks.log(told);
  return rows;
}

/**
 * 暂存: events that the county keeps raw beside its log, with those of cases whose beginning has
 * not come. Of a known case only who may see it reads them, of an unknown one the sealed list
 * alone; the words behind a reason, as on the page of the case, each time with a line.
 */
export async function keptRows(deps: DeskActDeps, person: Subject, only: string | null = null) {
  const all = await keptLights(deps, person);
  const asked =
    only === null ? all.filter(({ laid }) => !laid) : all.filter(({ id }) => id === only);
  return rowsOf(deps, person, asked.slice(0, ROWS_MAX));
}

/** How many wait for this person. */
export async function keptCount(deps: DeskDeps, person: Subject): Promise<number> {
  return (await keptLights(deps, person)).filter(({ laid }) => !laid).length;
}

/** One page of 暂存; whoever sent hundreds hides nobody else's. */
export async function keptPage(deps: DeskActDeps, person: Subject, ask: KeptAsk) {
  const { rows, folded, ...page } = pageOf(await keptLights(deps, person), ask);
  const named = [];
  for (const one of folded) named.push({ ...one, who: (await senderOf(deps, one.personId)).who });
  return {
    ...page,
    ...ask,
    page: page.page,
    folded: named,
    rows: await rowsOf(deps, person, rows),
  };
}

/** What is asked on 暂存, or on the review page of one case: then only what is kept of that case. */
interface Asked {
  readonly id: string;
  readonly reason: string;
  readonly caseId?: CaseId;
}

const lightOf = async (deps: DeskDeps, person: Subject, id: string) =>
  (await keptLights(deps, person)).find((row) => row.id === id);

/** Lets a kept event join the log; a row that the person does not see is not there. */
export async function adoptKeptRow(
  deps: DeskActDeps,
  person: Subject,
  { id, reason, caseId }: Asked,
): Promise<Result<unknown, string>> {
  const row = await lightOf(deps, person, id);
  const may = row?.door.mayAdopt === true && row.readable;
  if (!may || (caseId !== undefined && row.case_id !== caseId)) return fail('NOT_FOUND');
  const grant = grantFor(person, 'record:event.adopted', { object: null, now: deps.now() });
  if (grant === null) return fail('NOT_FOUND');
  const actor = actorUnder(person, grant, 'event.adopted');
  if (isUnsigned(row.code)) {
    const { personId, name } = person;
    const done = await vouchFor(deps.sync, id as EventId, { by: { personId, name }, reason });
    return done ? ok(null) : fail('NOT_READABLE');
  }
  return adoptAside(deps.sync, { id: id as EventId, caseId: row.case_id as CaseId, actor, reason });
}

/** Begins a look at the words of a kept event; `NOTHING`: none of it is for this person. */
export async function beginKeptLook(
  deps: DeskDeps,
  person: Subject,
  { id, code, words }: { readonly id: string; readonly code: string; readonly words: string },
): Promise<'begun' | 'REASON' | 'NOTHING'> {
  const row = await lightOf(deps, person, id);
  if (row?.door.words !== true) return 'NOTHING';
  const seen = row.door.record === null ? null : await seeCase(deps, person, row.case_id);
  if (seen !== null) return beginLook(deps, person, { seen, code, words });
  return beginLookBeside(lookDeps(deps), person, { caseId: row.case_id, code, words });
}

/**
 * Lays a kept event aside, or takes it up again: it stays kept as it came and can be adopted as
 * before; the reason is a line of the audit, in the same commit.
 */
export async function layAside(
  deps: DeskDeps,
  person: Subject,
  { id, reason, up }: { readonly id: string; readonly reason: string; readonly up: boolean },
): Promise<boolean> {
  const row = await lightOf(deps, person, id);
  const why = saidWords(reason).trim().slice(0, REASON_MAX);
  if (row?.door.mayAdopt !== true || why === '' || row.laid !== up) return false;
  const { personId } = person;
  const at = deps.now();
  const line = {
    ...{ at, personId, role: rolesAt(person, at).join(','), caseId: row.case_id as CaseId },
    ...{ action: up ? 'event.taken_up' : 'event.laid_aside', note: id, why },
  };
  const note = { name: `${LAID}${id}`, value: JSON.stringify(up ? '' : why), at, personId };
  await deps.store.transact(deps.county, (tx) => tx.write({ kept: [note], audit: [line] }));
  return true;
}
