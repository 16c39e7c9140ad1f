/** Runs in the browser: saves with and without the vault and raw strict puts, taking turns. */
import type { CaseId, EventId, Instant } from '../src/lib/domain/values.ts';
import { NO_ACT, firstSync, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import { eventHash } from '../src/lib/protocol/hash.ts';
import { newKeyPair } from '../src/lib/protocol/hpke.ts';
import type { Recipient } from '../src/lib/protocol/sealed.ts';
import { browserClock, browserDigest } from '../src/lib/tablet/browser.ts';
import { TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { casePlace, factsPlace } from '../src/lib/tablet/places.ts';
import { encodePlain, type Vault } from '../src/lib/tablet/vault.ts';
import type { Place, VaultStore } from '../src/lib/tablet/vault/body.ts';
import { ARGON2_STANDARD, PBKDF2_STANDARD, type Kdf } from '../src/lib/tablet/vault/kdf.ts';
import { KeeperClient } from '../src/lib/tablet/vault/keeper-client.ts';
import { openVault } from '../src/lib/tablet/vault/opened.ts';
import { VaultClient, type ToSeal } from '../src/lib/tablet/vault/vault-client.ts';
import type { Secret, Wrap } from '../src/lib/tablet/vault/wraps.ts';
import { intake, listEntry, openRaw, rawPut } from './save-floor.ts';

/** What one round took, milliseconds by the name of the way. */
type Round = Readonly<Record<string, number>>;

/** Unlocks by each way, and what each way's parameters were. */
interface Unlocks {
  readonly rounds: readonly Round[];
  readonly kdfs: Readonly<Record<string, Kdf | null>>;
}

const place = (store: VaultStore, id: string): Place => ({ store, id, version: 1 });

/** The bodies of one intake as the product writes them: events, core and list entry. */
async function bodiesOf(n: number, events: number) {
  const [caseId, salt] = [browserClock.caseId(), browserClock.salt()];
  const made = await Promise.all(
    Array.from({ length: events }, async (_, i) => {
      const payload = i === 0 ? intake(n) : { note: `第 ${i} 步`, at: n, ok: true };
      const body = {
        ...{ id: browserClock.eventId() as EventId, caseId: caseId as CaseId, type: 'case.taken' },
        ...{ v: 1, occurredAt: browserClock.now() as Instant, payload },
      };
      return { body, h: await eventHash(browserDigest, salt, body) };
    }),
  );
  return { caseId, salt, made, entry: listEntry(n) };
}

type Bodies = Awaited<ReturnType<typeof bodiesOf>>;
type Sealer = (bodies: Bodies) => Promise<readonly Uint8Array[]>;

const asItems = ({ caseId, salt, made, entry }: Bodies): ToSeal[] => [
  ...made.map((value) => ({ place: place('events', value.body.id), value })),
  { place: place('cases', caseId), value: { salt } },
  { place: place('facts', caseId), value: entry },
];

/** Every body sealed, in one message; copies: none, one for each event, one for the act. */
const vaultSealer =
  (vault: VaultClient, copies: 'none' | 'each' | 'act'): Sealer =>
  async (bodies) => {
    const items = asItems(bodies).map((item, i): ToSeal => {
      const event = bodies.made[i];
      if (!event || copies === 'none' || (copies === 'act' && i > 0)) return item;
      const all = copies === 'act' ? bodies.made : [event];
      const value = { salt: bodies.salt, events: all.map((e) => e.body) };
      return { ...item, copy: { place: { kind: 'event', id: event.body.id }, value } };
    });
    const sealed = await vault.sealAct(items);
    return sealed.map(({ body }) => body);
  };

/** One body and one copy for all of the act: what fewer ciphers would be worth, or nothing at all. */
const wayOnly =
  (vault: VaultClient, ciphers: 0 | 2): Sealer =>
  async (bodies) => {
    const items = asItems(bodies);
    const [first] = items;
    const event = bodies.made[0];
    if (!first || !event || ciphers === 0) await vault.names([]);
    else {
      const value = items.map((item) => item.value);
      const copied = { salt: bodies.salt, events: bodies.made.map((e) => e.body) };
      const copy = { place: { kind: 'event' as const, id: event.body.id }, value: copied };
      await vault.sealAct([{ place: first.place, value, copy }]);
    }
    return items.map((item) => encodePlain(item.value));
  };

/** As the product does it: on the page, every body once, by envelope keys that only write. */
const pageSealer =
  (vault: Vault): Sealer =>
  ({ caseId, salt, made, entry }) =>
    Promise.all([
      ...made.map((sealed) => vault.captureEvent(sealed, salt)),
      vault.capture({ salt }, casePlace(caseId)),
      vault.capture(entry, factsPlace(caseId)),
    ]);

/** The planted fault: every body asks for itself and waits for the one before. */
const oneByOne =
  (vault: VaultClient): Sealer =>
  async (bodies) => {
    const out: Uint8Array[] = [];
    for (const item of asItems(bodies)) {
      for (let again = 0; again < 4; again++) await vault.sealAct([item]);
      out.push(...(await vault.sealAct([item])).map(({ body }) => body));
    }
    return out;
  };

const plainSealer: Sealer = async (bodies) =>
  asItems(bodies).map(({ value }) => encodePlain(value));

async function save(store: TabletStore, bodies: Bodies, sealer: Sealer): Promise<number> {
  const sealed = await sealer(bodies);
  const { caseId, made } = bodies;
  const at = (i: number): Uint8Array => sealed[i] ?? new Uint8Array();
  const done = performance.now();
  await store.save({
    ...NO_ACT,
    events: made.map(({ body }, i) => ({ id: body.id, caseId, day: 20_000, body: at(i) })),
    cases: [{ id: caseId, body: at(made.length) }],
    facts: [{ id: caseId, facts: at(made.length + 1) }],
  });
  return done;
}

async function openStore(name: string): Promise<TabletStore> {
  const store = dexieTabletStore(new TabletDb(name));
  await store.begin(firstSync(browserClock.deviceId()));
  return store;
}

const newWorker = (name: string): Worker => new Worker(`/${name}.js`, { type: 'module' });

async function recipients(): Promise<Recipient[]> {
  const [a, b] = [await newKeyPair(), await newKeyPair()];
  return [
    { kind: 'intake', keyId: 'intake-1', publicKey: a.publicKey },
    { kind: 'recovery', keyId: 'recovery-1', publicKey: b.publicKey },
  ];
}

const card: Secret = {
  ...{ kind: 'card', cardId: 'c', card: crypto.getRandomValues(new Uint8Array(16)), pin: '847362' },
};
const pass: Secret = { kind: 'pass', passphrase: '三屯村口那棵老榆树' };
const vaultId = 'AAAAAAAAAAAAAAAAAAAAAA';

interface Made {
  readonly vault: VaultClient;
  readonly wraps: readonly Wrap[];
}

async function made(): Promise<Made> {
  const vault = new VaultClient(newWorker('vault'));
  const to = await recipients();
  const wraps = await vault.create({ vaultId, secrets: [card, pass], recovery: [] });
  await vault.begin(to, new KeeperClient(newWorker('keeper')));
  return { vault, wraps };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Ways that are looked at after a rest: what the product does, and the same without a vault. */
const RESTED = ['raw', 'plain', 'pageKey'];

/** Saves in turns whose order changes; `events` events in an act, each after a rest of `restMs`. */
async function saves(of: {
  rounds: number;
  events: number;
  plant: boolean;
  restMs: number;
}): Promise<Round[]> {
  const raw = await openRaw();
  const store = await openStore(`ours-${of.events}-${of.restMs}`);
  const { vault } = await made();
  const opening = { recipients: await recipients(), today: () => 20_000 };
  const onPage = (await openVault(vault, store, opening)).vault;
  const ways: Record<string, Sealer> = {
    plain: plainSealer,
    noCopies: vaultSealer(vault, 'none'),
    vault: vaultSealer(vault, 'each'),
    oneCopy: vaultSealer(vault, 'act'),
    pageKey: of.plant ? oneByOne(vault) : pageSealer(onPage),
    twoCiphers: wayOnly(vault, 2),
    wayAlone: wayOnly(vault, 0),
  };
  const out: Round[] = [];
  for (let n = 0; n < of.rounds; n++) {
    const round: Record<string, number> = {};
    const names = of.restMs > 0 ? RESTED : ['raw', ...Object.keys(ways)];
    const order = n % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      if (of.restMs > 0) await new Promise((done) => setTimeout(done, of.restMs));
      const sealer = ways[name];
      if (!sealer) {
        round[name] = await timed(() => rawPut(raw, n));
        continue;
      }
      const start = performance.now();
      const bodies = await bodiesOf(n, of.events);
      const sealing = performance.now();
      const sealed = await save(store, bodies, sealer);
      round[name] = performance.now() - start;
      round[`${name}Seal`] = sealed - sealing;
    }
    out.push(round);
  }
  vault.lock();
  return out;
}

const entries = Array.from({ length: 2_000 }, (_, n) => ({
  ...{ place: place('facts', `c${n}`), value: listEntry(n) },
}));

/** Unlocks, with the worker's start and the loading of the WebAssembly in it. */
async function unlocks(of: { times: number; plant: boolean }): Promise<Unlocks> {
  const { vault, wraps } = await made();
  const others: Record<string, Wrap | undefined> = {
    card: wraps.find((w) => w.kind === 'card'),
    pass: wraps.find((w) => w.kind === 'pass'),
    standard: await vault.addWrap(pass, ARGON2_STANDARD),
    pbkdf2: await vault.addWrap(pass, PBKDF2_STANDARD),
  };
  const kdfs = Object.fromEntries(
    Object.entries(others).map(([name, wrap]) => [name, wrap && 'kdf' in wrap ? wrap.kdf : null]),
  );
  // The planted fault: a card as dear as nobody would make it.
  if (of.plant) others.card = await vault.addWrap(card, { ...ARGON2_STANDARD, passes: 10 });
  const sealed = await vault.sealAct(entries);
  const bodies = sealed.map(({ body }, n) => ({ place: place('facts', `c${n}`), body }));
  const plain = entries.map(({ value }) => encodePlain(value));
  vault.lock();
  const rounds: Round[] = [];
  for (let n = 0; n < of.times; n++) {
    const round: Record<string, number> = {};
    for (const [name, wrap] of Object.entries(others)) {
      const again = new VaultClient(newWorker('vault'));
      if (!wrap || !('kdf' in wrap)) throw new Error('no wrap');
      const secret = wrap.kind === 'card' ? card : pass;
      const ask = { vaultId, wrap, secret, kdf: wrap.kdf };
      round[name] = await timed(() => again.unlock(ask));
      if (name === 'card') round.open2000 = await timed(() => again.openMany(bodies));
      again.lock();
    }
    const decoder = new TextDecoder();
    round.plain2000 = await timed(async () =>
      plain.forEach((body) => JSON.parse(decoder.decode(body.subarray(1)))),
    );
    rounds.push(round);
  }
  return { rounds, kdfs };
}

/** A photo of 5 MB in chunks of 64 KiB, all in one message. */
async function photos(times: number): Promise<Round[]> {
  const { vault } = await made();
  const chunk = crypto.getRandomValues(new Uint8Array(65_536));
  const parts = Array.from({ length: 80 }, (_, n) => ({
    place: place('chunks', `f/${n}`),
    bytes: chunk,
  }));
  const out: Round[] = [];
  for (let n = 0; n < times; n++) out.push({ photo5mb: await timed(() => vault.sealBytes(parts)) });
  vault.lock();
  return out;
}

Object.assign(globalThis, { saves, unlocks, photos });
