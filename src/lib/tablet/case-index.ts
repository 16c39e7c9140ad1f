import type { CaseCounts, CaseRecord, MediaRecord } from '../ports/tablet-store.ts';
import { byUrgency, rowOf, type CaseFacts, type MediaCounts } from './case-facts.ts';
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
    if (m.state !== 'p' && m.state !== 'a') continue;
    const c = out.get(m.caseId) ?? { waiting: 0, all: 0 };
    out.set(m.caseId, { waiting: c.waiting + (m.state === 'p' ? 1 : 0), all: c.all + 1 });
  }
  return out;
}

/** The list index in memory: facts of every case that is still this person's. */
export class CaseIndex {
  private readonly facts = new Map<string, CaseFacts>();
  private counts: ReadonlyMap<string, CaseCounts> = new Map();
  private media: ReadonlyMap<string, MediaCounts> = new Map();

  /** Opens all sealed entries; cases without a fresh one come back to be folded. */
  async fill(vault: Vault, source: IndexSource): Promise<readonly string[]> {
    this.counts = source.counts;
    this.media = mediaCounts(source.media);
    const stale: string[] = [];
    const here = new Set<string>();
    await Promise.all(
      source.cases.map(async (c) => {
        const left = c.left === 1 && !this.counts.get(c.id)?.p;
        if (left) return;
        here.add(c.id);
        if (c.factsRev < c.rev) stale.push(c.id);
        if (c.facts) this.facts.set(c.id, (await vault.open(c.facts)) as CaseFacts);
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
    const media = this.media.get(caseId) ?? { waiting: 0, all: 0 };
    return rowOf({ caseId, facts, counts, media }, now);
  }
}
