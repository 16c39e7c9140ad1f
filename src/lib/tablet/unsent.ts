import type { EventType } from '../domain/events.ts';
import type { EventId, Sha256 } from '../domain/values.ts';
import type { EventRow, MediaRecord, TabletStore } from '../ports/tablet-store.ts';
import { eventPlace, mediaPlace, notePlace } from './places.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { SealedEvent, SealedNote } from './sealed-shapes.ts';
import type { LoopStatus } from './sync-loop.ts';
import { aboutTheBody, isBlind, orTorn, type Vault } from './vault.ts';
import type { CaseRow, MediaView, UnsentCase, UnsentEvent, WaitReason } from './workspace-types.ts';

export interface UnsentDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  rowFor(caseId: string): CaseRow | null;
  readonly status: LoopStatus;
}

/** Every unsent thing by name, with where it stands and why; nearest deadline first. */
export async function unsentCases(deps: UnsentDeps): Promise<readonly UnsentCase[]> {
  const rows = [...(await deps.store.eventsIn('p')), ...(await deps.store.eventsIn('q'))];
  const media = (await deps.store.media()).filter((m) => m.state === 'p' || m.state === 'q');
  const ids = new Set([...rows, ...media].map((r) => r.caseId));
  const all: UnsentCase[] = [];
  for (const caseId of ids) {
    const row = deps.rowFor(caseId);
    if (!row) continue;
    const moved = (await deps.store.caseOf(caseId))?.left === 1;
    const events = await Promise.all(
      rows.filter((r) => r.caseId === caseId).map((r) => openEvent(deps, r)),
    );
    const files = await Promise.all(
      media.filter((m) => m.caseId === caseId).map((m) => mediaView(deps, m)),
    );
    all.push({
      ...{ row, events, media: files, moved },
      textBytes: sum(events.filter((e) => e.state === 'p').map((e) => e.bytes)),
      mediaBytes: sum(
        files.filter((f) => f.fault === null).map((f) => Math.round(f.bytes * (1 - f.sent))),
      ),
      reason: reasonFor(deps.status, { events, files }),
    });
  }
  const due = (u: UnsentCase): string => u.row.light.dueAt ?? '9';
  return all.sort((a, b) => (due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : 0));
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

async function openEvent(deps: UnsentDeps, r: EventRow): Promise<UnsentEvent> {
  const base = { id: r.id as EventId, bytes: r.bytes, state: r.state === 'q' ? 'q' : 'p' } as const;
  try {
    const { body } = (await deps.vault.open(r.body, eventPlace(r.id))) as SealedEvent;
    const note = r.note ? ((await deps.vault.open(r.note, notePlace(r.id))) as SealedNote) : null;
    const type = body.type as EventType;
    return { ...base, type, occurredAt: body.occurredAt, code: note?.code ?? null };
  } catch (error) {
    aboutTheBody(error);
    const blind = await isBlind(deps.vault, r.body);
    const occurredAt = new Date(r.day * 86_400_000).toISOString() as UnsentEvent['occurredAt'];
    if (blind) return { ...base, type: 'case.sealed', occurredAt, code: await codeOf(deps, r) };
    return { ...base, type: 'case.supplemented', occurredAt, code: 'BROKEN_HERE' };
  }
}

/** Why the county put it aside: the answer can be read, also where the event cannot. */
async function codeOf({ vault }: UnsentDeps, r: EventRow): Promise<string | null> {
  const note = r.note && ((await orTorn(vault.open(r.note, notePlace(r.id)))) as SealedNote | null);
  return note?.code ?? null;
}

/** A file as the screens see it; of one that only the county opens no more than that it is there. */
export async function mediaView(
  deps: Pick<UnsentDeps, 'vault' | 'status'>,
  m: MediaRecord,
): Promise<MediaView> {
  if (await isBlind(deps.vault, m.body))
    return {
      ...{ sha256: m.id as Sha256, kind: 'OTHER', mime: '', bytes: m.bytes, caption: '' },
      ...{ sent: m.state === 'a' ? 1 : 0, here: true, fault: m.state === 'q' ? 'OTHER' : null },
    };
  const meta = (await deps.vault.open(m.body, mediaPlace(m.id))) as SealedMedia;
  const sent = m.state === 'a' ? 1 : (deps.status.progress.get(meta.sha256) ?? 0);
  return {
    ...{ sha256: meta.sha256 as Sha256, kind: meta.kind, mime: meta.mime, bytes: meta.bytes },
    ...{ caption: meta.caption, sent, here: true },
    fault: meta.fault ?? (m.state === 'q' ? 'OTHER' : null),
  };
}

function reasonFor(
  status: LoopStatus,
  of: { readonly events: readonly UnsentEvent[]; readonly files: readonly MediaView[] },
): WaitReason {
  if (status.phase === 'sending') return 'SENDING';
  if (status.reason) return status.reason;
  const text = of.events.some((e) => e.state === 'p');
  const going = of.files.filter((f) => f.fault === null);
  if (!text && status.filesTomorrow && going.some((f) => f.sent < 1)) return 'FILES_TOMORROW';
  if (!text && of.files.some((f) => f.sent > 0)) return 'BROKEN_OFF';
  if (!text && of.files.length > 0) return 'TEXT_FIRST';
  return status.lastTriedAt ? 'RETRY_SOON' : 'NOT_TRIED_YET';
}
