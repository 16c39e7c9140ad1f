import type { CaseCounts, CaseRecord, MediaRecord } from '../ports/tablet-store.ts';
import { byUrgency, NO_MEDIA, rowOf, type CaseFacts, type MediaCounts } from './case-facts.ts';
import { factsPlace } from './places.ts';
import type { Findable } from './search.ts';
import type { Vault } from './vault.ts';
import type { CaseRow } from './workspace-types.ts';

const NONE: CaseCounts = { p: 0, a: 0, q: 0 };

/** What the store says about all cases at one moment. */
export interface IndexSource {
  readonly cases: readonly CaseRecord[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
  readonly media: readonly MediaRecord[];
}

/** Files that still have to go, per case. */
export function mediaCounts(media: readonly MediaRecord[]): ReadonlyMap<string, MediaCounts> {
  const out = new Map<string, MediaCounts>();
  for (const m of media) {
    if (m.state !== 'p' && m.state !== 'a' && m.state !== 'q') continue;
    const c = out.get(m.caseId) ?? NO_MEDIA;
    const [waiting, refused] = [m.state === 'p' ? 1 : 0, m.state === 'q' ? 1 : 0];
    out.set(m.caseId, {
      ...{ waiting: c.waiting + waiting, refused: c.refused + refused, all: c.all + 1 },
    });
  }
  return out;
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

/** The list index in memory: facts of every case that is still this person's. */
export class CaseIndex {
  private readonly facts = new Map<string, CaseFacts>();
  private counts: ReadonlyMap<string, CaseCounts> = new Map();
  private media: ReadonlyMap<string, MediaCounts> = new Map();
  /** Highest position in the county's checked backup; set with every fill. */
  safe = 0;
  /** Cases whose slip was given (④). */
  receipts: ReadonlySet<string> = new Set();

  /** Opens all sealed entries; cases without a fresh one come back to be folded. */
  async fill(vault: Vault, source: IndexSource): Promise<readonly string[]> {
    this.counts = source.counts;
    this.media = mediaCounts(source.media);
    const stale: string[] = [];
    const here = new Set<string>();
    await Promise.all(
      source.cases.map(async (c) => {
        // What is unsent or was put aside is shown as long as it is here, whoever has the case.
        const counts = this.counts.get(c.id);
        const files = this.media.get(c.id) ?? NO_MEDIA;
        const rest = (counts?.p ?? 0) + (counts?.q ?? 0) + files.waiting + files.refused;
        if (c.left === 1 && rest === 0) return;
        here.add(c.id);
        const facts = c.facts && ((await vault.open(c.facts, factsPlace(c.id))) as CaseFacts);
        // An entry of an older build knows no position and no files waited for yet.
        const old = facts?.topSeq === undefined || facts.waits === undefined;
        if (c.factsRev < c.rev || old) stale.push(c.id);
        if (facts) this.facts.set(c.id, c.left === 1 ? withoutPerson(facts) : facts);
      }),
    );
    for (const id of [...this.facts.keys()]) if (!here.has(id)) this.facts.delete(id);
    return stale;
  }

  set(caseId: string, facts: CaseFacts): void {
    this.facts.set(caseId, facts);
  }

  get(caseId: string): CaseFacts | undefined {
    return this.facts.get(caseId);
  }

  /** All entries as rows of this moment, what burns first on top. */
  findables(now: string): Findable[] {
    return [...this.facts]
      .map(([caseId, facts]) => ({ facts, row: this.rowFor(caseId, facts, now) }))
      .sort((a, b) => byUrgency(a.row, b.row));
  }

  private rowFor(caseId: string, facts: CaseFacts, now: string): CaseRow {
    const counts = this.counts.get(caseId) ?? NONE;
    const media = this.media.get(caseId) ?? NO_MEDIA;
    const [{ safe }, receipt] = [this, this.receipts.has(caseId)];
    return rowOf({ caseId, facts, counts, media, safe, receipt }, now);
  }
}
