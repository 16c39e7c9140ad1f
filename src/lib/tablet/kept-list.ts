/** What lies in the one body of the list, and when it is made anew. */
import type { CaseCounts, CaseRecord, MediaRecord, TabletStore } from '../ports/tablet-store.ts';
import { idle } from './browser.ts';
import type { CaseFacts } from './case-facts.ts';
import { LIST_KEY } from './list-marks.ts';
import { factsPlace, metaPlace } from './places.ts';
import { isLocked, orTorn, type Vault } from './vault.ts';

/** A case of the list with its entry opened. */
export interface ListedCase {
  readonly id: string;
  readonly left: 0 | 1;
  /** The entry is older than the events of the case. */
  readonly stale: boolean;
  readonly facts: CaseFacts | null;
}

/** Shape of the body; one of another shape is not read. */
const SHAPE = 2;

/** Plain objects: columns are half the bytes, but take four times as long to become entries again. */
interface SealedList {
  readonly shape: number;
  readonly cases: readonly ListedCase[];
  readonly counts: readonly (readonly [string, CaseCounts])[];
}

/** Where the list comes from at a start: records, or one body and what moved since. */
export interface ListSource {
  readonly cases: readonly CaseRecord[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
  readonly media: readonly MediaRecord[];
  readonly list?: {
    readonly body: Uint8Array;
    readonly moved: readonly string[];
    whole(): Promise<ListSource>;
  } | null;
}

/** Of a case that is somebody else's now nothing about a person stands on the list. */
const withoutPerson = (facts: CaseFacts): CaseFacts => ({
  ...facts,
  ...{
    petitioner: '',
    matter: '',
    place: '',
    words: '',
    sex: null,
    duties: [],
    tasks: [],
    waits: [],
  },
});

/** Opens the entries of these records. */
export const openRecords = (vault: Vault, cases: readonly CaseRecord[]): Promise<ListedCase[]> =>
  Promise.all(
    cases.map(async ({ id, left, rev, factsRev, facts: body }) => {
      // A torn entry is made again from the events of its case, and hides no other.
      const opened = body && ((await orTorn(vault.open(body, factsPlace(id)))) as CaseFacts | null);
      const facts = opened && left === 1 ? withoutPerson(opened) : opened;
      return { id, left, stale: factsRev < rev, facts };
    }),
  );

/** What the list is filled from, every entry opened. */
export interface OpenedList {
  readonly cases: readonly ListedCase[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
  readonly media: readonly MediaRecord[];
}

/** Opens a source; a list that cannot be opened is left for the records themselves. */
export async function openList(vault: Vault, source: ListSource): Promise<OpenedList> {
  const { list } = source;
  if (!list) return openWhole(vault, source);
  const kept = await keptIn(vault, list.body);
  if (!kept) return openWhole(vault, await list.whole());
  const moved = new Set(list.moved);
  const fresh = await openWhole(vault, source);
  const stays = ({ id }: ListedCase): boolean => !moved.has(id);
  const counts = kept.counts.filter(([id]) => !moved.has(id));
  return {
    cases: [...kept.cases.filter(stays), ...fresh.cases],
    counts: new Map([...counts, ...fresh.counts]),
    media: source.media,
  };
}

async function openWhole(vault: Vault, source: ListSource): Promise<OpenedList> {
  const { counts, media } = source;
  return { cases: await openRecords(vault, source.cases), counts, media };
}

async function keptIn(vault: Vault, body: Uint8Array): Promise<SealedList | null> {
  try {
    const sealed = (await vault.open(body, metaPlace(LIST_KEY))) as SealedList;
    return sealed.shape === SHAPE ? sealed : null;
  } catch (error) {
    if (isLocked(error)) throw error;
    return null;
  }
}

interface Stored {
  readonly store: TabletStore;
  readonly vault: Vault;
}

/** Words are most of an entry, and only a search reads them: they come with the records. */
const withoutWords = (c: ListedCase): ListedCase =>
  c.facts ? { ...c, facts: { ...c.facts, words: '' } } : c;

/** So much later: what is being sent or saved goes first, and many wishes are one. */
const QUIET_MS = 1_000;
/** Entries that are opened without a pause. */
const CASES_PER_TURN = 64;

/** Keeps the list in one body soon, if that is due; what is wished meanwhile comes after it. */
export function keepListSoon(of: Stored, afterMs = QUIET_MS): void {
  const running = keeping.get(of);
  if (running) running.again = true;
  else void keepWished(of, afterMs);
}

const keeping = new WeakMap<Stored, { again: boolean }>();

async function keepWished(of: Stored, afterMs: number): Promise<void> {
  const wish = { again: true };
  keeping.set(of, wish);
  while (wish.again) {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    wish.again = false;
    // A start without the list reads the records: nothing is lost, and nobody need be told.
    await keepList(of, idle).catch(() => false);
  }
  keeping.delete(of);
}

/** Keeps the list in one body where that is due; in idle time, between portions the page is free. */
export async function keepList(
  { store, vault }: Stored,
  pause: () => Promise<void>,
): Promise<boolean> {
  const begun = await store.beginList();
  if (!begun) return false;
  const cases: ListedCase[] = [];
  for (let i = 0; i < begun.cases.length; i += CASES_PER_TURN) {
    await pause();
    const some = await openRecords(vault, begun.cases.slice(i, i + CASES_PER_TURN));
    cases.push(...some.map(withoutWords));
  }
  const list: SealedList = { shape: SHAPE, cases, counts: [...begun.counts] };
  return store.keepList(begun.gen, await vault.seal(list, metaPlace(LIST_KEY)));
}
