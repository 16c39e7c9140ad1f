import type { CaseCounts, MediaRecord } from '../ports/tablet-store.ts';
import { byUrgency, NO_MEDIA, rowOf, type CaseFacts, type MediaCounts } from './case-facts.ts';
import { openList, type ListSource } from './kept-list.ts';
import type { Findable } from './search.ts';
import type { Vault } from './vault.ts';
import type { CaseRow } from './workspace-types.ts';

const NONE: CaseCounts = { p: 0, a: 0, q: 0 };

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
  async fill(vault: Vault, source: ListSource): Promise<readonly string[]> {
    const { cases, counts, media } = await openList(vault, source);
    this.counts = counts;
    this.media = mediaCounts(media);
    const stale: string[] = [];
    const here = new Set<string>();
    for (const { id, left, facts, ...c } of cases) {
      // What is unsent or was put aside is shown as long as it is here, whoever has the case.
      const own = counts.get(id);
      const files = this.media.get(id) ?? NO_MEDIA;
      const rest = (own?.p ?? 0) + (own?.q ?? 0) + files.waiting + files.refused;
      // What went away sealed stays as a bare line, so that its agent sees where it stands.
      if (left === 1 && rest === 0 && !facts?.away) continue;
      here.add(id);
      // An entry of an older build knows no position and no files waited for yet.
      const old = facts?.topSeq === undefined || facts.waits === undefined;
      if (c.stale || old) stale.push(id);
      if (facts) this.facts.set(id, facts);
    }
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
