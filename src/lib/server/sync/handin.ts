/**
 * Hand-in files at the county, piece by piece: `POST /api/sync/handin` by whoever carries one, and the
 * signed way back, `POST /api/sync/ack`.
 */
import type { Subject } from '../../domain/permissions.ts';
import type { DeviceId } from '../../domain/values.ts';
import type { AckList } from '../../protocol/ack-file.ts';
import {
  ACK_MEDIA_TYPE,
  ackAskSchema,
  HANDIN_PIECE_BYTES_MAX,
  type HandInAnswer,
} from '../../protocol/handin-answer.ts';
import type { HandInFrame, HandInHead, HandInItem } from '../../protocol/handin.ts';
import { memorySource, readHandIn } from '../../protocol/handin-read.ts';
import { toBase64Url, toHex, type Digest } from '../../protocol/hash.ts';
import { SEALED_ROWS_MAX, type SealedPush } from '../../protocol/sealed-rows.ts';
import type { Slip } from '../../protocol/slip.ts';
import { createRateLimiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { refusal, storageRefusal, type Refused } from './body.ts';
import { takeFrames } from './handin-files.ts';
import {
  ACK_BYTES_MAX,
  BUSY_SECONDS,
  EXCHANGE_BODY_SECONDS,
  handInPerson,
  HANDINS_AT_ONCE_MAX,
} from './limits.ts';
import { readBytes } from './read-body.ts';
import { bringSealed } from './sealed-again.ts';

const limiter = createRateLimiter(() => performance.now());
const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };
const BUSY: Refused = { status: 503, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS };
let inWork = 0;

/** What verified of one piece. */
interface Piece {
  readonly head: HandInHead | null;
  readonly slips: readonly Slip[];
  readonly items: readonly HandInItem[];
  /** Of items, by their place. */
  readonly signatures: ReadonlyMap<string, string>;
  readonly frames: readonly HandInFrame[];
  /** Of descriptions, by their file. */
  readonly fileSignatures: ReadonlyMap<string, Uint8Array>;
}

const placeOf = ({ dv, ds, id }: Pick<HandInItem, 'dv' | 'ds' | 'id'>): string =>
  `${dv} ${ds} ${id}`;

async function pieceOf(digest: Digest, bytes: Uint8Array<ArrayBuffer>): Promise<Piece> {
  let head: HandInHead | null = null;
  const [slips, items, frames]: [Slip[], HandInItem[], HandInFrame[]] = [[], [], []];
  const signatures = new Map<string, string>();
  const fileSignatures = new Map<string, Uint8Array>();
  for await (const record of readHandIn(digest, memorySource(bytes))) {
    if (record.kind === 'head') head ??= record.head;
    if (record.kind === 'slip') slips.push(record.slip);
    if (record.kind === 'signature')
      signatures.set(placeOf(record.signed), toBase64Url(record.signed.signature));
    if (record.kind === 'item' && items.length < SEALED_ROWS_MAX) items.push(record.item);
    if (record.kind === 'frame') frames.push(record.frame);
    if (record.kind === 'fileSignature')
      fileSignatures.set(record.file.fileId, record.file.signature);
  }
  return { head, slips, items, frames, signatures, fileSignatures };
}

const pushOf = ({ slips, items, signatures }: Piece): SealedPush => ({
  slips: [...slips],
  rows: items.map(({ dv, ds, id, copy }) => {
    const sig = signatures.get(placeOf({ dv, ds, id }));
    return { dv, ds, id, copy: toBase64Url(copy), ...(sig === undefined ? {} : { sig }) };
  }),
});

/** Takes what verifies of one piece, in the name of whose it is; `person` only carried it. */
export async function takePiece(
  container: Container,
  person: Subject,
  body: Uint8Array<ArrayBuffer>,
): Promise<HandInAnswer> {
  const { sync, store, county } = container;
  const digest: Digest = async (bytes) => container.digest(bytes);
  const piece = await pieceOf(digest, body);
  const push = pushOf(piece);
  const none = { results: [], receipt: '' };
  const answer = (await bringSealed(sync, person, push))?.answer ?? none;
  const files = await takeFrames(container, person, piece);
  const { epoch, safe } = await store.transact(county, async (tx) => {
    return { epoch: (await tx.epochs()).at(-1)?.id ?? '', safe: await tx.safe() };
  });
  const items = answer.results.flatMap((result, index) => {
    const row = push.rows[index];
    return row ? [{ dv: row.dv, ds: row.ds, id: row.id, result }] : [];
  });
  const got = toHex(container.digest(body));
  return { magic: 'PS1', got, epoch, safe, items, receipt: answer.receipt, files: [...files] };
}

/** Who may bring: any signed-in person; how often, and how many at once. */
function refusedNow(container: Container, person: Subject | null): Refused | null {
  if (person === null) return { status: 401, error: 'SIGN_IN' };
  const wait = limiter.take(handInPerson, person.personId);
  if (wait > 0) return { status: 429, error: 'BUSY', retryAfterSeconds: wait };
  return !container.open || inWork >= HANDINS_AT_ONCE_MAX ? BUSY : null;
}

async function guarded(work: () => Promise<Response>): Promise<Response> {
  inWork += 1;
  try {
    return await work();
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  } finally {
    inWork -= 1;
  }
}

/** `POST /api/sync/handin`: takes one piece; asked again it says the same. */
export async function handInEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  const not = refusedNow(container, person);
  if (not !== null || person === null) return refusal(not ?? BUSY);
  return guarded(async () => {
    const limits = { max: HANDIN_PIECE_BYTES_MAX, seconds: EXCHANGE_BODY_SECONDS };
    const bytes = await readBytes(request, limits);
    if (!bytes.ok) return refusal(bytes.error);
    const answer = await takePiece(container, person, new Uint8Array(bytes.value));
    return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
  });
}

function asked(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Where the events stand that are here; others are left out. */
export async function ackList(
  { store, county, clock }: Pick<Container, 'store' | 'county' | 'clock'>,
  items: readonly { readonly dv: string; readonly ds: number; readonly id: string }[],
): Promise<Omit<AckList, 'v' | 'county'>> {
  return store.transact(county, async (tx) => {
    const known = await tx.known(items.map(({ id }) => id as never));
    const owners = new Map<DeviceId, string | null>();
    const ownerOf = async (dv: DeviceId): Promise<string | null> => {
      if (!owners.has(dv)) owners.set(dv, (await tx.device(dv))?.personId ?? null);
      return owners.get(dv) ?? null;
    };
    const here: AckList['items'][number][] = [];
    for (const { ds, id, ...item } of items) {
      const at = known.get(id as never);
      const dv = item.dv as DeviceId;
      if (at?.at !== 'log') continue;
      const owner = at.dv === dv ? null : await ownerOf(dv);
      // A file shows the ids in it: who carries it may have pushed something of his own under one.
      if (at.dv === dv || (owner !== null && owner === (await ownerOf(at.dv))))
        here.push({ dv, ds, id, seq: at.seq, tag: at.tag });
    }
    const epoch = (await tx.epochs()).at(-1)?.id ?? '';
    return { epoch, safe: await tx.safe(), at: clock.now(), items: here };
  });
}

/** `POST /api/sync/ack`: the ack file of these events, signed. */
export async function ackEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  const not = refusedNow(container, person);
  if (not !== null || person === null) return refusal(not ?? BUSY);
  return guarded(async () => {
    const bytes = await readBytes(request, { max: ACK_BYTES_MAX, seconds: EXCHANGE_BODY_SECONDS });
    if (!bytes.ok) return refusal(bytes.error);
    const wanted = ackAskSchema.safeParse(asked(bytes.value.toString('utf8')));
    if (!wanted.success) return refusal(BAD_FRAME);
    const ids = new Set<string>();
    const items = wanted.data.items.filter(({ dv, ds, id }) => {
      const good = /^[\w-]{22}$/.test(dv) && /^[\w-]{22}$/.test(id) && ds >= 1 && !ids.has(id);
      ids.add(id);
      return good;
    });
    const file = await container.keys.ack(await ackList(container, items));
    return new Response(file, {
      headers: { 'content-type': ACK_MEDIA_TYPE, 'cache-control': 'no-store' },
    });
  });
}
