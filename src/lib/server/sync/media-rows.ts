/** Files that a tablet announces become rows of the county before their first chunk comes. */
import type { CaseId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type { CountyTx, MediaRow } from '../../ports/county-store.ts';
import { MEDIA_TYPES } from '../../protocol/media.ts';
import type { ExchangeRequest, MediaRefusal, WireMedia } from '../../protocol/sync.ts';
import { ANNOUNCED_MEDIA_MAX, MEDIA_BYTES_MAX } from '../../protocol/version.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

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

/** The announced files as the county has them; `fresh` are to be written. */
export async function announceMedia(
  tx: CountyTx,
  { asker, request, now }: { asker: Asker; request: ExchangeRequest; now: Instant },
): Promise<{ readonly all: readonly MediaRow[]; readonly fresh: readonly MediaRow[] }> {
  const announced = request.media
    .slice(0, ANNOUNCED_MEDIA_MAX)
    .filter(({ sha }) => SHA_256.test(sha));
  const have = new Map(await tx.media(announced.map(({ sha }) => sha as Sha256)));
  const fresh: MediaRow[] = [];
  for (const wire of announced) {
    if (have.has(wire.sha as Sha256)) continue;
    const row = rowOf(wire, asker.personId, now);
    have.set(row.sha, row);
    fresh.push(row);
  }
  const all = announced.flatMap(({ sha }) => have.get(sha as Sha256) ?? []);
  return { all, fresh };
}

/** Cases under the pen learn which of their attachments have arrived whole. */
export async function attachmentsArrived(
  tx: CountyTx,
  ledger: Ledger,
  cases: Iterable<CaseId>,
): Promise<void> {
  for (const caseId of [...cases]) {
    const open = (ledger.record(caseId)?.file.attachments ?? []).filter((one) => !one.received);
    if (open.length === 0) continue;
    const media = await tx.media([...new Set(open.map(({ sha256 }) => sha256))]);
    const here = [...media.values()].filter(({ state }) => state === 'complete');
    ledger.follow(
      caseId,
      here.map(({ sha, bytes }) => {
        return { type: 'attachment.received', v: 1, payload: { sha256: sha, bytes } };
      }),
    );
  }
}
