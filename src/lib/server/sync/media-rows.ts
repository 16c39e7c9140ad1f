/** Files that a tablet announces become rows of the county before their first chunk comes. */
import { createHash } from 'node:crypto';
import type { CaseId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type { CountyTx, MediaRow } from '../../ports/county-store.ts';
import type { MediaStore } from '../../ports/media-store.ts';
import { MEDIA_TYPES } from '../../protocol/media.ts';
import type { ExchangeRequest, MediaRefusal, WireMedia } from '../../protocol/sync.ts';
import { ANNOUNCED_MEDIA_MAX, MEDIA_BYTES_MAX } from '../../protocol/version.ts';
import { MEDIA_DAY_BYTES_MAX } from './limits.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

const DAY_MS = 86_400_000;
/** The county's day begins at midnight in Asia/Shanghai. */
const COUNTY_OFFSET_MS = 8 * 3_600_000;
const SHA_256 = /^[0-9a-f]{64}$/;

const refusalOf = ({ bytes, mime }: WireMedia): MediaRefusal | null => {
  // `audio/webm;codecs=opus` is announced as the browser names it.
  const plain = mime.split(';')[0]?.trim() ?? '';
  if (!(MEDIA_TYPES as readonly string[]).includes(plain)) return 'MEDIA_TYPE';
  return bytes < 1 || bytes > MEDIA_BYTES_MAX ? 'MEDIA_TOO_LARGE' : null;
};

function rowOf(wire: WireMedia, personId: PersonId, now: Instant): MediaRow {
  const refused = refusalOf(wire);
  return {
    sha: wire.sha as Sha256,
    bytes: wire.bytes,
    mime: wire.mime,
    caseId: wire.caseId as CaseId,
    personId,
    state: refused === null ? 'wanted' : 'refused',
    refused: refused ?? '',
    announcedAt: now,
    completeAt: null,
  };
}

/** The row of a file that somebody carries for its owner; null for what nobody may send. */
export function carriedRow(wire: WireMedia, owner: PersonId, now: Instant): MediaRow | null {
  const row = rowOf(wire, owner, now);
  return SHA_256.test(wire.sha) && row.state === 'wanted' ? row : null;
}

/** What the county makes of one announcement, knowing what the same person sent before. */
function rowFor(wire: WireMedia, mine: readonly MediaRow[], fresh: MediaRow): MediaRow {
  const same = mine.find(({ caseId }) => caseId === wire.caseId);
  if (same?.state === 'complete') return same;
  const sent = mine.find(({ state }) => state === 'complete');
  if (sent !== undefined)
    return {
      ...fresh,
      bytes: sent.bytes,
      state: 'complete',
      refused: '',
      completeAt: fresh.announcedAt,
    };
  return same?.bytes === wire.bytes && same.mime === wire.mime ? same : fresh;
}

/** Bytes that somebody has used of what he may bring on one county day, and how to write more. */
async function usedToday(
  tx: CountyTx,
  { of, now }: { readonly of: string; readonly now: Instant },
) {
  const names = { day: `media-day/${of}`, bytes: `media-bytes/${of}` };
  const today = Math.floor((Date.parse(now) + COUNTY_OFFSET_MS) / DAY_MS);
  const sameDay = (await tx.counter(names.day)) === today;
  const counters = (bytes: number) => [
    { name: names.day, value: today },
    { name: names.bytes, value: bytes },
  ];
  return { used: sameDay ? await tx.counter(names.bytes) : 0, counters };
}

/** Takes so many bytes from what a carrier of hand-in files may bring today, of all owners. */
export async function carriesToday(
  tx: CountyTx,
  { personId, now }: { readonly personId: PersonId; readonly now: Instant },
  bytes: number,
): Promise<boolean> {
  const { used, counters } = await usedToday(tx, { of: `carried/${personId}`, now });
  if (used + bytes > MEDIA_DAY_BYTES_MAX) return false;
  await tx.write({ counters: counters(used + bytes) });
  return true;
}

/**
 * Which new rows fit into what this person may still announce today (county days); the rest is not
 * written and not named in the answer, so the tablet offers it again, tomorrow with success.
 */
async function inToday(
  tx: CountyTx,
  rows: readonly MediaRow[],
  { personId, now }: { readonly personId: PersonId; readonly now: Instant },
): Promise<ReadonlySet<MediaRow>> {
  const asks = rows.some(({ state }) => state === 'wanted');
  if (!asks) return new Set(rows);
  const day = await usedToday(tx, { of: personId, now });
  let { used } = day;
  const fits = new Set<MediaRow>();
  for (const row of rows) {
    const bytes = row.state === 'wanted' ? row.bytes : 0;
    if (used + bytes > MEDIA_DAY_BYTES_MAX) continue;
    used += bytes;
    fits.add(row);
  }
  await tx.write({ counters: day.counters(used) });
  return fits;
}

/**
 * Writes the announced files down for this person and returns them as the county has them; cases
 * whose file he had sent before are under the pen afterwards, in `arrived`.
 */
export async function announceMedia(
  tx: CountyTx,
  ledger: Ledger,
  { asker, request }: { readonly asker: Asker; readonly request: Pick<ExchangeRequest, 'media'> },
): Promise<{ readonly all: readonly MediaRow[]; readonly arrived: readonly CaseId[] }> {
  const announced = request.media
    .slice(0, ANNOUNCED_MEDIA_MAX)
    .filter(({ sha }) => SHA_256.test(sha));
  const { personId } = asker;
  const shas = [...new Set(announced.map(({ sha }) => sha as Sha256))];
  const mine = (await tx.media(shas)).filter((row) => row.personId === personId);
  const before = new Set(mine);
  const all = announced.map((wire) => {
    const ofFile = mine.filter(({ sha }) => sha === wire.sha);
    return rowFor(wire, ofFile, rowOf(wire, personId, ledger.now));
  });
  const fresh = all.filter((row) => !before.has(row));
  const fits = await inToday(tx, fresh, { personId, now: ledger.now });
  const media = fresh.filter((row) => fits.has(row));
  await tx.write({ media });
  const arrived = media.filter(({ state }) => state === 'complete').map(({ caseId }) => caseId);
  ledger.learn(await tx.cases(arrived));
  return { all: all.filter((row) => before.has(row) || fits.has(row)), arrived };
}

/**
 * Cases under the pen learn which of their attachments have arrived whole: sent for this case, or
 * by who put it there. That others have sent the same bytes elsewhere says nothing.
 */
export async function attachmentsArrived(
  tx: CountyTx,
  ledger: Ledger,
  cases: Iterable<CaseId>,
): Promise<void> {
  for (const caseId of new Set(cases)) {
    const open = (ledger.record(caseId)?.file.attachments ?? []).filter((one) => !one.received);
    if (open.length === 0) continue;
    const media = await tx.media([...new Set(open.map(({ sha256 }) => sha256))]);
    const here = open.flatMap(({ sha256, mark }) => {
      const sent = media.find(
        (row) =>
          row.sha === sha256 &&
          row.state === 'complete' &&
          (row.caseId === caseId || row.personId === mark.actor.personId),
      );
      return sent ?? [];
    });
    ledger.follow(
      caseId,
      here.map(({ sha, bytes }) => {
        return { type: 'attachment.received', v: 1, payload: { sha256: sha, bytes } };
      }),
    );
  }
}

/** Whose chunks they are, as a name for their folder. */
export const senderOf = (personId: string): string =>
  createHash('sha256').update(personId).digest('hex').slice(0, 16);

interface MissingRow {
  readonly sha: string;
  readonly chunks: number[];
  readonly parts?: [number, number][];
  readonly refused?: string;
}

/** What the answer says of each announced file: what is still to send, or why it is not taken. */
export async function missingOf(
  media: MediaStore,
  announced: readonly MediaRow[],
): Promise<MissingRow[]> {
  const missing: MissingRow[] = [];
  for (const { sha, bytes, state, refused, personId } of announced)
    if (state === 'refused') missing.push({ sha, chunks: [], refused });
    else if (state === 'complete') missing.push({ sha, chunks: [] });
    else {
      const { chunks, parts } = await media.lack({ sha, bytes, by: senderOf(personId) });
      const begun = parts.map(([chunk, here]): [number, number] => [chunk, here]);
      missing.push({ sha, chunks: [...chunks], parts: begun });
    }
  return missing;
}
