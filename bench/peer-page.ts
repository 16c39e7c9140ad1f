/**
 * The browser's side of the plug: the tablet's own files behind the seven calls that the peers'
 * harness makes. Nothing here stores, hashes, folds or sends by itself.
 *
 *     open   what the tablet does at its start: quick look, list index, and after the first picture
 *            the engine; the first time it signs in and enrols (before anything is measured)
 *     save   接单 of one intake: guards, hashes, list entry, one strict transaction
 *     bulk   intakes and follow-ups, one strict act each
 *     push   the sync loop until nothing is unsent and nothing is left to fetch
 *     pull   the same loop on another tablet of this person
 *     list   rows of the list index, newest first
 */
import type { CaseId, EventId, Instant } from '../src/lib/domain/values.ts';
import {
  afterPaint,
  browserClock,
  browserDigest,
  idle,
  randomBytes,
} from '../src/lib/tablet/browser.ts';
import type { CaseFacts } from '../src/lib/tablet/case-facts.ts';
import { CaseIndex } from '../src/lib/tablet/case-index.ts';
import type * as Parts from './peer-parts.ts';
import type { Engine } from '../src/lib/tablet/engine.ts';
import { metaPlace } from '../src/lib/tablet/places.ts';
import { quickLook } from '../src/lib/tablet/quick-look.ts';
import type { Session } from '../src/lib/tablet/session.ts';
import { META } from '../src/lib/tablet/settings.ts';
import { plainVault } from '../src/lib/tablet/vault.ts';
import type { SyncLoop } from '../src/lib/tablet/sync-loop.ts';
import type { WorkEvent } from './workload.ts';

const DATABASE = 'daiban';
const ACCOUNT = { user: 'bench', passphrase: 'a long phrase for the bench' };
const BUILD = 'bench';
/** As `workspace-engine.svelte.ts` waits. */
const ENGINE_WAIT_MS = 300;
const LATER = '/later.js';

interface Work {
  readonly parts: typeof Parts;
  readonly engine: Engine;
  readonly agent: Session['agent'];
}

let work: Promise<Work> | null = null;
let loop: SyncLoop | null = null;
const index = new CaseIndex();
const vault = plainVault();
/** Case of the workload -> our case. */
const cases = new Map<string, CaseId>();

/**
 * What the tablet loads after its first picture: files of their own. The harness's service worker
 * knows only its three, so the page keeps this one itself: fetched once, from then on off the disk.
 */
async function loadParts(): Promise<typeof Parts> {
  const kept = await caches.open('later');
  const file = (await kept.match(LATER)) ?? (await kept.add(LATER).then(() => kept.match(LATER)));
  if (!file) throw new Error('the later half is not here');
  const url = URL.createObjectURL(await file.blob());
  return import(/* @vite-ignore */ url) as Promise<typeof Parts>;
}

const isIntake = (event: WorkEvent): boolean => event.type === 'intake';

async function begin(known: Session | null): Promise<Work> {
  const parts = await loadParts();
  const engine = await parts.openEngine(DATABASE, () => undefined);
  if (known) return { parts, engine, agent: known.agent };
  const deps = {
    ...{ fetch: (...a: Parameters<typeof fetch>) => fetch(...a), origin: location.origin },
    ...{ build: BUILD, now: () => browserClock.now() },
  };
  const signedIn = await parts.signInOnline(deps, { ...ACCOUNT, dv: engine.sync.dv });
  if (!signedIn.ok) throw new Error(`sign-in: ${signedIn.error}`);
  await parts.enrolWithKey(deps, { database: DATABASE, dv: engine.sync.dv });
  const agent = signedIn.value;
  await parts.keepSession(engine, { agent, signedOut: false, passcode: null });
  return { parts, engine, agent };
}

/** The start of the tablet, as `workspace.svelte.ts` does it. */
async function open(): Promise<void> {
  const look = await quickLook(DATABASE);
  const session = look?.session
    ? ((await vault.open(look.session, metaPlace(META.session))) as Session)
    : null;
  if (look) await index.fill(vault, look);
  const later = session ? afterPaint().then(() => idle(ENGINE_WAIT_MS)) : Promise.resolve();
  work = later.then(() => begin(session));
  if (!session) await work;
}

const working = (): Promise<Work> => work ?? Promise.reject(new Error('open first'));

/** The product's own act, at the time that the workload gives it. */
async function record(event: WorkEvent): Promise<void> {
  const { parts, engine, agent } = await working();
  const real = parts.recordDeps(engine, agent);
  const deps = { ...real, now: () => event.at as Instant };
  const areaCode = agent.villages[0]?.areaCode;
  if (!areaCode) throw new Error('the agent has no village');
  const writer = { personId: agent.personId, name: agent.name, areaCode };
  if (!parts.isIntake(event)) {
    const caseId = cases.get(event.case);
    if (!caseId) throw new Error('a follow-up without its intake');
    must(await parts.recordLater(deps, caseId, [parts.followUpOf(event, writer)]));
    return;
  }
  const caseId = browserClock.caseId();
  cases.set(event.case, caseId as CaseId);
  // The draft itself was written while he typed: the act takes its ids and ends it.
  const draft = {
    ...{ draftId: browserClock.caseId(), caseId, salt: browserClock.salt(), form: parts.FORM },
  };
  const taking = parts.takingOf(event, writer, browserClock.eventId() as EventId);
  must(await parts.takeCase(deps, draft, taking));
}

function must(result: { readonly ok: boolean; readonly error?: unknown }): void {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
}

/** Follow-ups whose intake has not come yet: the harness hands them over in any order. */
const early = new Map<string, WorkEvent[]>();

async function bulk(events: readonly WorkEvent[]): Promise<void> {
  for (const event of events) {
    if (!isIntake(event) && !cases.has(event.case)) {
      early.set(event.case, [...(early.get(event.case) ?? []), event]);
      continue;
    }
    await record(event);
    const waiting = early.get(event.case) ?? [];
    early.delete(event.case);
    for (const followUp of waiting) await record(followUp);
  }
  await keep();
}

async function ourLoop(): Promise<SyncLoop> {
  const { parts, engine } = await working();
  loop ??= parts.syncLoop(engine, {
    ...{ build: BUILD, requestId: () => parts.toBase64Url(randomBytes(16)), digest: browserDigest },
    wasteful: location.search.includes('wasteful'),
  });
  return loop;
}

/** What the tablet does after everything that changed its list, when the page rests. */
async function keep(): Promise<void> {
  const { parts, engine } = await working();
  parts.keepListSoon(engine);
}

/** Wakes the loop as a person would; the loop itself tries again after a cut. */
async function drained(): Promise<void> {
  const { engine } = await working();
  const running = await ourLoop();
  running.wake('hand');
  for (;;) {
    await running.settled();
    const { phase, reason } = running.status;
    if (phase === 'idle' && (await engine.store.eventsIn('p')).length === 0) return keep();
    if (phase === 'stopped') throw new Error(`the loop stopped: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Events that stand for one of the workload and are not refused. */
async function count(): Promise<number> {
  const { parts, engine } = await working();
  return parts.countCounted(engine);
}

const rowOf = (facts: CaseFacts) => ({
  data: {
    ...{ no: facts.temporaryNumber, who: { name: facts.petitioner } },
    ...{ cat: facts.status, text: facts.matter },
  },
});

async function list(limit?: number) {
  const rows = index.findables(browserClock.now());
  return rows.slice(0, limit).map(({ facts }) => rowOf(facts));
}

const plug = {
  ...{ open, save: record, bulk, push: drained, pull: drained, count, list },
};
Object.assign(globalThis, { H: plug });

const FIRST = 30;
const asked = new URLSearchParams(location.search).get('list');

/** Our own cold start (`cold.ts`): the first rows on the screen, then all of them in memory. */
async function coldStart(planted: number): Promise<void> {
  await open();
  if (planted > 0) await new Promise((resolve) => setTimeout(resolve, planted));
  const lines = (await list(FIRST)).map(({ data }) => {
    const line = document.createElement('div');
    line.textContent = `${data.no} ${data.who.name} ${data.cat} ${data.text}`;
    return line;
  });
  document.getElementById('list')?.replaceChildren(...lines);
  await afterPaint();
  const first = performance.now();
  const rows = (await list()).length;
  Object.assign(globalThis, { coldStart: { first, data: performance.now(), rows } });
}
// The peers' harness brings its own list page and asks with `list=1`.
if (asked !== null && asked !== '1') void coldStart(Number(asked));
