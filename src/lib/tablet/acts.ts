import type { EventBody } from '../domain/case-event.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { bodyOf, decideSteps, type DecidedStep } from '../domain/decide.ts';
import type { EventType } from '../domain/events.ts';
import { fail, ok, type EventId, type Result } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import type { MediaRecord, NewEventRow } from '../ports/tablet-store.ts';
import { eventIdOf } from '../protocol/bound-ids.ts';
import { canonical, cleanText, depthAtMost } from '../protocol/canonical.ts';
import { eventHash, type Digest } from '../protocol/hash.ts';
import { isId, nextId } from '../protocol/ids.ts';
import { EVENT_BYTES_MAX } from '../protocol/version.ts';
import { coarseDay } from './coarse-day.ts';
import { goesAway } from './case-away.ts';
import type { CaseDeps } from './case-work.ts';
import type { SealedEvent } from './sealed-shapes.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { BlindHand } from './vault.ts';
import type { AttachmentKind, Entry, SaveRefusal } from './workspace-types.ts';

export interface ActDeps extends CaseDeps {
  readonly clock: ClockAndIds;
  readonly digest: Digest;
}

export interface Built {
  readonly rows: readonly NewEventRow[];
  /** The same events, stamped as unsent, as the fold went on with them. */
  readonly steps: readonly DecidedStep[];
  /** From now on the county alone reads this case: its rows are sealed so. */
  readonly blind: BlindHand | null;
}

const utf8 = new TextEncoder();
const UTF8_BYTES_PER_UNIT = 3;

/** Who seals for the county alone; null where it named no key that does. */
async function blindHand({ vault: { blind } }: ActDeps): Promise<BlindHand | null> {
  return blind && (await blind.ready()) ? blind : null;
}

/** Bytes of the canonical text; a text that is short enough in any case is not counted out. */
function isTooLarge(body: EventBody<string>): boolean {
  const units = JSON.stringify(body).length;
  if (units * UTF8_BYTES_PER_UNIT <= EVENT_BYTES_MAX) return false;
  return utf8.encode(canonical(body)).length > EVENT_BYTES_MAX;
}

/**
 * Ids of one act: bound to its case, or the one an entry was given, and from there on each one more
 * than the one before. On the wire the first says them all (docs/decisions/0007, 0022).
 */
function chained(
  entries: readonly Entry[],
  { caseId }: CaseFile,
  clock: ActDeps['clock'],
): EventId[] {
  let last = '';
  return entries.map(({ id }) => {
    last = id ?? (isId(last) ? nextId(last) : eventIdOf(caseId, clock.eventId()));
    return last as EventId;
  });
}

/**
 * Decides, limits, hashes and seals the events of one act; nothing is written yet. The guards of
 * the domain help here, the county decides.
 */
export async function buildEvents(
  deps: ActDeps,
  of: {
    readonly file: CaseFile;
    readonly entries: readonly Entry[];
    /** The case went away sealed before: what is said of it goes the same way. */
    readonly away?: boolean;
  },
): Promise<Result<Built, SaveRefusal>> {
  if (!of.entries.every((e) => depthAtMost(e.payload))) return fail({ code: 'TOO_LARGE' });
  // Through JSON once, so that what is hashed here is what any reader will hold.
  const entries = JSON.parse(JSON.stringify(cleanText(of.entries))) as Entry[];
  const decided = decideSteps(
    of.file,
    { kind: 'RecordEvents', entries },
    {
      ...{ actor: deps.self, now: deps.now(), place: 'tablet' },
      ids: chained(entries, of.file, deps.clock),
    },
  );
  if (!decided.ok) return fail({ code: 'REFUSED', refusal: decided.error });
  const { caseId, salt } = of.file;
  const day = coarseDay(deps.now());
  const bodies = decided.value.map(({ event }) => bodyOf(event));
  if (bodies.some(isTooLarge)) return fail({ code: 'TOO_LARGE' });
  const last = decided.value.at(-1)?.after;
  const blind = of.away || (last && goesAway(last)) ? await blindHand(deps) : null;
  const hand = blind ?? deps.vault;
  // All at once: each hash goes to another thread and back.
  const rows: NewEventRow[] = await Promise.all(
    bodies.map(async (body) => {
      const h = await eventHash(deps.digest, salt, body);
      const sealed: SealedEvent = { body, h, by: deps.self.personId };
      return { id: body.id, caseId, day, body: await hand.captureEvent(sealed, salt) };
    }),
  );
  return ok({ rows, steps: decided.value, blind });
}

export const idsOf = (built: Built): EventId[] => built.rows.map(({ id }) => id as EventId);

const SHA = /^[0-9a-f]{64}$/;

/** Every SHA-256 that a payload names, at any depth. */
export function shasIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') {
    if (SHA.test(value)) found.add(value);
  } else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) shasIn(member, found);
  return found;
}

/** A captured file with its opened metadata. */
export interface Capture {
  readonly record: MediaRecord;
  readonly meta: SealedMedia;
}

const WIRE_KIND: Record<AttachmentKind, 'photo' | 'audio' | 'scan' | 'signature'> = {
  ...{ PHOTO: 'photo', AUDIO: 'audio', SIGNATURE: 'signature', THUMBPRINT: 'signature' },
  ...{ PAPER: 'scan', OTHER: 'photo' },
};

/** 添加附件 for captures that no entry describes yet, so that no file arrives without a name. */
export function describeCaptures(
  captures: readonly Capture[],
  entries: readonly Entry[],
): readonly Entry[] {
  const described = new Set(
    entries
      .filter((e) => e.type === 'attachment.added')
      .map((e) => (e.payload as { sha256?: string }).sha256),
  );
  const seen = new Set<string>();
  return captures
    .filter(({ meta }) => !described.has(meta.sha256) && !seen.has(meta.sha256))
    .map(({ meta }) => {
      seen.add(meta.sha256);
      const type: EventType = 'attachment.added';
      const payload = {
        ...{ sha256: meta.sha256, bytes: meta.bytes, mime: meta.mime, class: 'P3' },
        ...{ kind: WIRE_KIND[meta.kind], capturedAt: meta.capturedAt },
        ...(meta.caption ? { caption: meta.caption } : {}),
        ...(meta.seconds === undefined ? {} : { seconds: meta.seconds }),
      };
      return { type, payload };
    });
}
