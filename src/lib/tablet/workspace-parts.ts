/** Everything behind the screens that the first list can do without; one lazy chunk. */
import { fail, ok, type Result } from '../domain/values.ts';
import { browserClock, browserDigest, holdLock, isHeld } from './browser.ts';
export { holdLock };
import { caseFacts, clockViews, openCase, placeOf, type CaseDeps } from './case-work.ts';
import type { CaseFacts } from './case-facts.ts';
import { startDictation } from './dictation.svelte.ts';
import { reactiveCell } from './draft-cell.svelte.ts';
import type { DraftDeps } from './drafts.ts';
import type { Engine } from './engine.ts';
import { keepFile, readFile, type MediaDeps } from './media-files.ts';
import { factsPlace, mediaPlace } from './places.ts';
import { shrinkPhoto } from './photo.ts';
import { recordingLock, recoverRecordings } from './recording-log.ts';
import type { SealedMedia } from './sealed-media.ts';
import { readSecret } from './read-secret.ts';
import { agentOf, askSlip, signOutOnline, uploadWraps, type Session } from './session.ts';
import { enrolWithKey, online, signIn, signInBeside } from './sign-in.ts';
import type { LoopStatus } from './sync-loop.ts';
import { mediaView } from './unsent.ts';
import { orTorn } from './vault.ts';
import type {
  AttachmentKind,
  AttachmentRef,
  CaptureRefusal,
  CaseRow,
  CaseView,
  EventPlace,
  Recorder,
  SignInRefusal,
} from './workspace-types.ts';

export { dropLeftWords, openActDraft } from './act-drafts.ts';
export { newDraft, openDraft } from './drafts.ts';
export { Jotting } from './jotting.ts';
export { keepListSoon } from './kept-list.ts';
export { loginWords } from './login-words.ts';
export { MovedLook } from './moved.ts';
export {
  cardWaitsIn,
  keepCardWaits,
  keepSeen,
  openEngine,
  readSealed,
  readSession,
  recordDeps,
  seenIn,
  writeSealed,
} from './engine.ts';
export { newPasscode, tryPasscode } from './passcode.ts';
export { recordEarly, recordLater, refused, reportHazard, takeCase } from './record.ts';
export {
  alarmRead,
  dayProof,
  keptSignal,
  noteLoss,
  noteReceipt,
  readAlarm,
  receiptsGiven,
} from './workspace-sync.ts';
export { askSlip, online, signIn, signInBeside, uploadWraps };
export {
  areKeysRefused,
  followKeys,
  keepCountyKeys,
  keysAt,
  recipientsHere,
  recoveryPrints,
} from './known-keys.ts';
export {
  beginStore,
  newHouse,
  openDoor,
  resealAll,
  startCarrier,
  theRegistry,
} from './vault-door.ts';
export { readHeaders, readSecret } from './read-secret.ts';
export { heldReceipt, refreshReceipt, takeReceiptsBefore } from './signed-receipt.ts';
export { startSync } from './sync-start.ts';
export { unsentCases } from './unsent.ts';
export { settleSignOut, signOutSoon } from './sign-out.ts';

export const draftDeps = (engine: Engine, changed: () => void): DraftDeps => ({
  ...{ store: engine.store, vault: engine.vault, clock: browserClock, hold: holdLock },
  ...{ cell: reactiveCell, changed },
});

export const mediaDeps = (
  engine: Engine,
  agent: Pick<Session['agent'], 'personId'> | null,
): MediaDeps => ({
  ...{ store: engine.store, vault: engine.vault, clock: browserClock, digest: browserDigest },
  by: agent?.personId,
});

/** Folds cases whose events moved on and stores their list entries. */
export async function foldAgain(
  deps: CaseDeps,
  caseIds: readonly string[],
  show: (caseId: string, facts: CaseFacts) => void,
): Promise<void> {
  for (const caseId of caseIds) {
    const open = await openCase(deps, caseId);
    if (!open || (open.rows.length === 0 && !open.away)) continue;
    const facts = caseFacts(open, deps.now());
    show(caseId, facts);
    await deps.store.putFacts(caseId, open.rev, await deps.vault.seal(facts, factsPlace(caseId)));
  }
}

/** A whole case for its screen. */
export async function caseView(
  deps: CaseDeps,
  row: CaseRow,
  status: LoopStatus,
): Promise<CaseView | null> {
  const open = await openCase(deps, row.caseId);
  if (!open) return null;
  const places: Record<string, EventPlace> = {};
  const refusals: Record<string, string> = {};
  for (const r of open.rows) {
    places[r.id] = placeOf(r, open.history);
    const code = r.state === 'q' ? open.notes.get(r.id)?.code : undefined;
    if (code) refusals[r.id] = code;
  }
  const facts = caseFacts(open, deps.now());
  const files = (await deps.store.media(row.caseId)).filter((m) => m.state !== 'r');
  return {
    ...{ file: open.file, row, clocks: clockViews(open.clocks), places, refusals },
    numbers: { temporaryNumber: facts.temporaryNumber, queryCode: facts.queryCode },
    media: await Promise.all(files.map((m) => mediaView({ vault: deps.vault, status }, m))),
  };
}

export async function addPhoto(
  deps: MediaDeps,
  caseId: string,
  photo: { readonly source: Blob; readonly kind: AttachmentKind; readonly caption: string },
): Promise<Result<AttachmentRef, CaptureRefusal>> {
  const small = await shrinkPhoto(photo.source);
  if (!small.ok) return small;
  const { bytes, mime } = small.value;
  const { kind, caption } = photo;
  return keepFile(deps, { caseId }, { bytes, meta: { mime, kind, caption } });
}

const SIGNATURE_BYTES_MAX = 512 * 1024;

export async function addSignature(
  deps: MediaDeps,
  caseId: string,
  { png, caption }: { readonly png: Blob; readonly caption: string },
): Promise<Result<AttachmentRef, CaptureRefusal>> {
  if (png.size > SIGNATURE_BYTES_MAX) return fail('TOO_LARGE');
  const bytes = new Uint8Array(await png.arrayBuffer());
  const meta = { mime: 'image/png', kind: 'SIGNATURE', caption } as const;
  return keepFile(deps, { caseId }, { bytes, meta });
}

/** A running recording; `hold` names it for other windows, and is let go with its end. */
export const startRecording = (
  deps: MediaDeps,
  caseId: string,
  hold: typeof holdLock = holdLock,
): Promise<Result<Recorder, CaptureRefusal>> =>
  startDictation({ ...deps, hold, ticks: () => performance.now() }, caseId);

export const recover = (deps: MediaDeps, caseId: string): Promise<readonly AttachmentRef[]> =>
  recoverRecordings(deps, caseId, (id) => isHeld(recordingLock(id)));

async function fileNamed(deps: MediaDeps, sha256: string, caseId?: string) {
  for (const record of await deps.store.media(caseId)) {
    const opening = deps.vault.open(record.body, mediaPlace(record.id)) as Promise<SealedMedia>;
    // What only the county opens, or nobody, hides no other.
    const meta = await orTorn(opening);
    if (meta?.sha256 === sha256) return { record, meta };
  }
  return null;
}

export async function mediaUrl(deps: MediaDeps, sha256: string): Promise<string | null> {
  const found = await fileNamed(deps, sha256);
  const bytes = found && (await readFile(deps, found.record.id, found.meta));
  return bytes ? URL.createObjectURL(new Blob([bytes], { type: found.meta.mime })) : null;
}

export async function dropAttachment(
  deps: MediaDeps,
  caseId: string,
  sha256: string,
): Promise<void> {
  const found = await fileNamed(deps, sha256, caseId);
  if (found) await deps.store.removeMedia(found.record.id);
}

export const signOut = (build: string): Promise<boolean> => signOutOnline(online(build));

/** Enrols the device id that the store holds now, with its key. `database`: where the store lies. */
export async function enrolAgain(
  engine: Engine,
  agent: Session['agent'],
  on: { readonly build: string; readonly database: string; readonly isVault: boolean },
): Promise<Result<Session['agent'], SignInRefusal>> {
  const { build, database, isVault } = on;
  const dv = (await engine.store.sync())?.dv ?? engine.sync.dv;
  const shown = isVault ? { secret: () => readSecret(engine) } : {};
  const enrolled = await enrolWithKey(online(build, shown), { database, dv });
  return enrolled.ok ? ok(agentOf(agent.user, enrolled.value, browserClock.now())) : enrolled;
}
