/** 接单 and every later act: guards help, then one strict transaction. */
import { toLocalDate } from '../domain/calendar.ts';
import { emptyCaseFile } from '../domain/case-file.ts';
import { QUERY_CODE_BYTES, queryCodeFromBytes, temporaryNoOf } from '../domain/numbers.ts';
import { assert, fail, ok, type CaseId, type Result } from '../domain/values.ts';
import { NO_ACT, type Act, type CaseLook, type SyncRecord } from '../ports/tablet-store.ts';
import { caseIdOf } from '../protocol/bound-ids.ts';
import {
  buildEvents,
  describeCaptures,
  idsOf,
  shasIn,
  type ActDeps,
  type Built,
  type Capture,
} from './acts.ts';
import { bareFacts, blindFile, putAway, type Resealed } from './case-away.ts';
import type { CaseFacts } from './case-facts.ts';
import { factsBeforeSave, openCase, openLook, topSeqOf, type OpenCase } from './case-work.ts';
import { casePlace, factsPlace, mediaPlace } from './places.ts';
import { refusalOf } from './save-refusal.ts';
import type { SealedCase } from './sealed-shapes.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { Session } from './session.ts';
import { isLocked } from './vault.ts';
import type {
  CaseNumbers,
  Entry,
  FormRef,
  Saved,
  SaveRefusal,
  Taken,
  Taking,
} from './workspace-types.ts';

export interface RecordDeps extends ActDeps {
  readonly agent: Session['agent'];
  randomBytes(n: number): Uint8Array;
}

/** What a draft brings to the saving: ids and salt exist before anything is sent. */
export interface DraftCase {
  readonly draftId: string;
  readonly caseId: string;
  readonly salt: string;
  readonly form: FormRef;
}

/** Another tab may take the number between reading and writing; more often is no accident. */
const NUMBER_TRIES = 8;

/** {@link refusalOf} for a whole act: reads can meet a broken or full store too. */
export const refused = <T>(error: unknown): Result<T, SaveRefusal> => fail(refusalOf(error));

async function capturesOf(deps: ActDeps, { media }: CaseLook): Promise<Capture[]> {
  const records = media.filter((m) => m.state === 'd');
  return Promise.all(
    records.map(async (record) => ({
      record,
      meta: (await deps.vault.open(record.body, mediaPlace(record.id))) as SealedMedia,
    })),
  );
}

function newQueryCode(deps: RecordDeps): string {
  for (;;) {
    const code = queryCodeFromBytes(deps.randomBytes(QUERY_CODE_BYTES));
    if (code !== null) return code;
  }
}

/** The place of a new case's first number: the village itself when the agent has it. */
const numbersFor = (deps: RecordDeps, counter: number, areaCode: string): CaseNumbers => ({
  temporaryNumber: temporaryNoOf({
    village: areaCode,
    agent: deps.agent.agentCode,
    letter: deps.agent.deviceLetter,
    counter,
  }),
  queryCode: newQueryCode(deps),
});

const drafted = (taking: Taking, form: FormRef, of: { no: string; today: string }): Entry => ({
  type: 'case.drafted',
  payload: {
    ...{ areaCode: taking.areaCode, channel: 'DL', xfDate: taking.xfDate ?? of.today },
    ...{ temporaryNo: of.no, form, declaredBy: 'A' },
  },
});

/**
 * 接单: numbers, ds, all events, list entry, files and the end of the draft in one transaction.
 * Almost always the case begins here and has no files: it is built unseen, and the transaction that
 * writes it looks whether that was right. Where not, and for files, one look comes first.
 */
export async function takeCase(
  deps: RecordDeps,
  draft: DraftCase,
  taking: Taking,
): Promise<Result<Taken, SaveRefusal>> {
  const sync = deps.store.known();
  const unseen = sync && (await prepare(deps, { draft, taking, begun: null, captures: [], sync }));
  if (!unseen?.ok) return takeSeen(deps, draft, taking);
  const act = { announce: [], removeDrafts: [draft.draftId], unseen: draft.caseId };
  const saved = await saveNew(deps, unseen.value, act);
  return saved === 'again' ? takeSeen(deps, draft, taking) : saved;
}

/** The body carries the number, so it is sealed first; if another tab was faster, built again. */
async function takeSeen(
  deps: RecordDeps,
  draft: DraftCase,
  taking: Taking,
): Promise<Result<Taken, SaveRefusal>> {
  const look = await deps.store.look(draft.caseId);
  const begun = await openLook(deps, draft.caseId, look);
  const captures = await capturesOf(deps, look);
  for (let attempt = 0; attempt < NUMBER_TRIES; attempt++) {
    const sync = attempt === 0 ? look.sync : await deps.store.sync();
    const prepared = await prepare(deps, { draft, taking, begun, captures, sync });
    if (!prepared.ok) return prepared;
    const files = await resealed(deps, prepared.value.built, captures);
    const act = {
      announce: captures.map((c) => c.record.id),
      hidden: begun !== null && prepared.value.built.blind !== null,
      ...{ removeDrafts: [draft.draftId], unseen: null },
    };
    const saved = await evenWithout(files, (anew) =>
      saveNew(deps, prepared.value, { ...act, resealed: anew }),
    );
    if (saved === 'again') continue;
    if (saved.ok && prepared.value.built.blind) await restAway(deps, draft.caseId);
    return saved;
  }
  return fail({ code: 'STORE_BROKEN' });
}

interface TakingNow {
  readonly draft: DraftCase;
  readonly taking: Taking;
  readonly begun: OpenCase | null;
  readonly captures: readonly Capture[];
  readonly sync: SyncRecord | null;
}

/** 接单 with its number, hashed and sealed; nothing is written. */
async function prepare(
  deps: RecordDeps,
  { draft, taking, begun, captures, sync }: TakingNow,
): Promise<Result<Prepared, SaveRefusal>> {
  const { numbers, counter } = numbered(deps, begun, { ...taking, sync });
  const given = typeof taking.entries === 'function' ? taking.entries(numbers) : taking.entries;
  const today = toLocalDate(deps.now());
  const first = begun ? [] : [drafted(taking, draft.form, { no: numbers.temporaryNumber, today })];
  const entries = [...first, ...describeCaptures(captures, given), ...given];
  return sealNew(deps, { draft, begun, entries, numbers, counter });
}

function numbered(
  deps: RecordDeps,
  begun: OpenCase | null,
  taking: Pick<Taking, 'areaCode'> & { readonly sync: SyncRecord | null },
): { numbers: CaseNumbers; counter: number | null } {
  const { temporaryNumber, queryCode } = begun?.core ?? {};
  if (temporaryNumber && queryCode)
    return { numbers: { temporaryNumber, queryCode }, counter: null };
  const counter = taking.sync?.numberNext;
  assert(counter !== undefined, 'the store was begun');
  return { numbers: numbersFor(deps, counter, taking.areaCode), counter };
}

interface NewCase {
  readonly draft: DraftCase;
  readonly begun: OpenCase | null;
  readonly entries: readonly Entry[];
  readonly numbers: CaseNumbers;
  /** The number's counter; null when the case had its number already. */
  readonly counter: number | null;
}

interface Prepared extends Pick<NewCase, 'draft' | 'numbers' | 'counter'> {
  readonly built: Built;
  readonly core: Uint8Array;
  readonly facts: Uint8Array;
}

async function sealNew(deps: RecordDeps, what: NewCase): Promise<Result<Prepared, SaveRefusal>> {
  const { draft, begun, entries, numbers, counter } = what;
  const file = begun?.file ?? emptyCaseFile(draft.caseId as CaseId, draft.salt);
  const built = await buildEvents(deps, { file, entries });
  if (!built.ok) return built;
  const core: SealedCase = { salt: draft.salt, ...numbers };
  const steps = [...(begun?.steps ?? []), ...built.value.steps];
  const at = { now: deps.now(), topSeq: begun ? topSeqOf(begun) : 0 };
  const facts = shownFacts(factsBeforeSave(core, steps, at), built.value);
  // Both at once: each goes to the cipher and back.
  const [sealedCore, sealedFacts] = await Promise.all([
    deps.vault.capture(core, casePlace(draft.caseId)),
    deps.vault.capture(facts, factsPlace(draft.caseId)),
  ]);
  return ok({
    ...{ draft, numbers, counter, built: built.value },
    ...{ core: sealedCore, facts: sealedFacts },
  });
}

async function saveNew(
  deps: RecordDeps,
  { draft, numbers, counter, built, core, facts }: Prepared,
  act: Pick<Act, 'announce' | 'removeDrafts' | 'unseen' | 'resealed' | 'hidden'>,
): Promise<Result<Taken, SaveRefusal> | 'again'> {
  try {
    const outcome = await deps.store.save({
      ...{ ...NO_ACT, ...act, number: counter, events: built.rows },
      cases: [{ id: draft.caseId, body: core }],
      facts: [{ id: draft.caseId, facts }],
    });
    if (outcome.kind !== 'saved') return 'again';
  } catch (error) {
    return fail(refusalOf(error));
  }
  return ok({ ...savedOf(deps, draft.caseId, built), numbers });
}

const savedOf = (deps: ActDeps, caseId: string, built: Built): Saved => ({
  ...{ caseId: caseId as CaseId, eventIds: idsOf(built), savedAt: deps.now() },
});

/** What the list says of the case from now on. */
function shownFacts(facts: CaseFacts, { blind, steps }: Built): CaseFacts {
  const file = steps.at(-1)?.after;
  return blind && file ? bareFacts(facts, file) : facts;
}

/** The files of a case that goes away, sealed anew for the transaction that names them. */
async function resealed(
  deps: ActDeps,
  { blind }: Built,
  captures: readonly Capture[],
): Promise<readonly Resealed[]> {
  const files: Resealed[] = [];
  // One after the other: a phone's memory holds one recording, not all of them twice.
  for (const capture of blind ? captures : []) {
    const file = blind && (await blindFile(deps, blind, capture).catch(unlessLocked));
    if (file) files.push(file);
  }
  return files;
}

/** A file that cannot be sealed anew stays as it lies. */
function unlessLocked(error: unknown): null {
  if (isLocked(error)) throw error;
  return null;
}

/** A disk without room for the files twice: what was said is saved, and they stay as they lie. */
async function evenWithout<S extends Result<unknown, SaveRefusal> | 'again'>(
  files: readonly Resealed[],
  save: (files: readonly Resealed[]) => Promise<S>,
): Promise<S> {
  const saved = await save(files);
  const full = saved !== 'again' && !saved.ok && saved.error.code === 'STORAGE_FULL';
  return full && files.length > 0 ? save([]) : saved;
}

/** What left early lies readable still: it is saved whatever becomes of this, and done again idly. */
const restAway = (deps: ActDeps, caseId: string): Promise<unknown> =>
  putAway(deps, caseId).catch(() => 0);

const NOTHING_ELSE = { announce: [], removeDrafts: [], unseen: null };

/** Before 接单: what may leave early. Starts the case with its number; the draft goes on. */
export async function recordEarly(
  deps: RecordDeps & ActEnds,
  draft: DraftCase & { readonly areaCode: Taking['areaCode'] },
  entries: readonly Entry[],
): Promise<Result<Saved, SaveRefusal>> {
  assert(
    entries.every((e) => EARLY.has(e.type)),
    'only urgent, recusal and seal leave before 接单',
  );
  const begun = await openCase(deps, draft.caseId);
  if (begun) return recordLater(deps, draft.caseId, entries);
  for (let attempt = 0; attempt < NUMBER_TRIES; attempt++) {
    const sync = await deps.store.sync();
    const { numbers, counter } = numbered(deps, null, { ...draft, sync });
    const taking = { areaCode: draft.areaCode, entries: [] };
    const of = { no: numbers.temporaryNumber, today: toLocalDate(deps.now()) };
    const first = drafted(taking, draft.form, of);
    const entered = [first, ...entries];
    const prepared = await sealNew(deps, {
      draft,
      begun: null,
      entries: entered,
      numbers,
      counter,
    });
    if (!prepared.ok) return prepared;
    const act = { ...NOTHING_ELSE, removeDrafts: deps.removeDrafts ?? [] };
    const saved = await saveNew(deps, prepared.value, act);
    if (saved !== 'again') return saved;
  }
  return fail({ code: 'STORE_BROKEN' });
}

const EARLY: ReadonlySet<string> = new Set([
  ...['urgent.reported', 'agent.recused', 'case.sealed'],
]);

/** What an act ends besides: the drafts its words were kept in. */
export interface ActEnds {
  readonly removeDrafts?: readonly string[];
}

/** Any later act on a case that is here. */
export async function recordLater(
  deps: RecordDeps & ActEnds,
  caseId: string,
  entries: readonly Entry[],
): Promise<Result<Saved, SaveRefusal>> {
  const look = await deps.store.look(caseId);
  const open = await openLook(deps, caseId, look);
  if (!open) return fail({ code: 'NOT_FOUND' });
  const named = shasIn(entries.map((e) => e.payload));
  const captures = (await capturesOf(deps, look)).filter((c) => named.has(c.meta.sha256));
  // A hazard's stream has no attachments of its own: its photos are named by the report.
  const stream = open.file.status === 'NONE' && open.file.hazard !== null;
  const all = [...(stream ? [] : describeCaptures(captures, entries)), ...entries];
  const away = open.away !== null;
  const built = await buildEvents(deps, { file: open.file, entries: all, away });
  if (!built.ok) return built;
  const facts = open.away ?? factsLater(deps, open, built.value);
  const act: Act = {
    ...{ ...NO_ACT, events: built.value.rows, announce: captures.map((c) => c.record.id) },
    removeDrafts: deps.removeDrafts ?? [],
    hidden: built.value.blind !== null && open.away === null,
    facts: [{ id: caseId, facts: await deps.vault.capture(facts, factsPlace(caseId)) }],
  };
  const files = await resealed(deps, built.value, captures);
  const saved = await evenWithout(files, (anew) => saveLater(deps, { ...act, resealed: anew }));
  if (!saved.ok) return saved;
  if (built.value.blind) await restAway(deps, caseId);
  return ok(savedOf(deps, caseId, built.value));
}

async function saveLater({ store }: ActDeps, act: Act): Promise<Result<null, SaveRefusal>> {
  try {
    const outcome = await store.save(act);
    return outcome.kind === 'gone' ? fail({ code: 'NOT_FOUND' }) : ok(null);
  } catch (error) {
    return fail(refusalOf(error));
  }
}

function factsLater(deps: ActDeps, open: OpenCase, built: Built): CaseFacts {
  const steps = [...open.steps, ...built.steps];
  const at = { now: deps.now(), topSeq: topSeqOf(open) };
  return shownFacts(factsBeforeSave(open.core, steps, at), built);
}

/** 隐患: a stream of its own; a later report on the same stream updates it. */
export async function reportHazard(
  deps: RecordDeps & ActEnds,
  payload: unknown,
  given?: string,
): Promise<Result<Saved, SaveRefusal>> {
  const entries: Entry[] = [{ type: 'hazard.reported', payload }];
  if (given && (await deps.store.caseOf(given))) return recordLater(deps, given, entries);
  const salt = deps.clock.salt();
  const caseId = (given ?? caseIdOf(salt)) as CaseId;
  const named = shasIn(payload);
  const captures = (await capturesOf(deps, await deps.store.look(caseId))).filter((c) =>
    named.has(c.meta.sha256),
  );
  const built = await buildEvents(deps, { file: emptyCaseFile(caseId, salt), entries });
  if (!built.ok) return built;
  const core: SealedCase = { salt };
  const facts = factsBeforeSave(core, built.value.steps, { now: deps.now(), topSeq: 0 });
  try {
    await deps.store.save({
      ...{ ...NO_ACT, events: built.value.rows, announce: captures.map((c) => c.record.id) },
      removeDrafts: deps.removeDrafts ?? [],
      cases: [{ id: caseId, body: await deps.vault.capture(core, casePlace(caseId)) }],
      facts: [{ id: caseId, facts: await deps.vault.capture(facts, factsPlace(caseId)) }],
    });
  } catch (error) {
    return fail(refusalOf(error));
  }
  return ok(savedOf(deps, caseId, built.value));
}
