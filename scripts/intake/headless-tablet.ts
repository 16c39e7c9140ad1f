/**
 * A tablet without a screen: the tablet's own store, drafts, acts and sync loop over IndexedDB
 * (fake-indexeddb) and real HTTP. Import `fake-indexeddb/auto` before this file.
 */
import { takingFrom } from '../../src/lib/domain/forms/taking.ts';
import { intakeNow } from '../../src/lib/domain/forms/intake-forms.ts';
import { toLocalDate } from '../../src/lib/domain/calendar.ts';
import { assert, type AreaCode } from '../../src/lib/domain/values.ts';
import type { Transport } from '../../src/lib/ports/transport.ts';
import { browserClock, browserDigest, randomBytes } from '../../src/lib/tablet/browser.ts';
import { newDraft, openDraft, plainCell, type OpenDraft } from '../../src/lib/tablet/drafts.ts';
import { openEngine, recordDeps, type Engine } from '../../src/lib/tablet/engine.ts';
import { takeCase } from '../../src/lib/tablet/record.ts';
import { enrol, signInOnline, type Session } from '../../src/lib/tablet/session.ts';
import { EVENT_SCHEMA } from '../../src/lib/tablet/sync-start.ts';
import { SyncLoop } from '../../src/lib/tablet/sync-loop.ts';
import { gzipText, httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { Vault } from '../../src/lib/tablet/vault.ts';
import type { DemoAccount } from '../../tests/e2e/county.ts';
import type { CaseNumbers } from '../../src/lib/tablet/workspace-types.ts';
import { firstAnswers, lastAnswers, pieceOf } from './answers.ts';
import { sessionFetch } from './session-fetch.ts';
import type { Spoken } from './texts.ts';
import type { Promised } from './verdict.ts';

const BUILD = 'intake-real';

/** Seams of the run, never of the product: where `--plant` breaks something. */
export interface Seams {
  readonly transport: (real: Transport) => Transport;
  readonly vault: (real: Vault) => Vault;
}

export const honest: Seams = { transport: (real) => real, vault: (real) => real };

interface Setup {
  readonly database: string;
  readonly origin: string;
  readonly account: DemoAccount;
  readonly seams: Seams;
}

/** One tablet in one agent's hands. */
export class HeadlessTablet {
  exchanges = 0;
  private readonly setup: Setup;
  private readonly fetch: typeof fetch;
  private engine: Engine;
  private agent: Session['agent'] | null = null;
  private loop: SyncLoop;

  private constructor(setup: Setup, engine: Engine) {
    this.setup = setup;
    this.fetch = sessionFetch(setup.origin);
    this.engine = engine;
    this.loop = this.newLoop();
  }

  static async open(setup: Setup): Promise<HeadlessTablet> {
    return new HeadlessTablet(setup, await openWith(setup));
  }

  /** Online once, as every tablet begins. */
  async signIn(): Promise<void> {
    const { user, passphrase } = this.setup.account;
    const deps = this.sessionDeps();
    const signedIn = await signInOnline(deps, { user, passphrase, dv: this.engine.sync.dv });
    assert(signedIn.ok, `sign-in of ${user}: ${signedIn.ok || signedIn.error}`);
    this.agent = signedIn.value;
  }

  /** The tab is killed and opened again: everything but the disk is gone. */
  async killTab(): Promise<void> {
    this.loop.stop();
    this.engine.store.close();
    await this.loop.settled();
    this.engine = await openWith(this.setup);
    this.loop = this.newLoop();
  }

  /** 接单 offline: draft, answers, reload in the middle, read-back, one strict act. */
  async take(spoken: Spoken, reload: boolean): Promise<Promised> {
    const { agent } = this;
    assert(agent, 'signed in');
    const drafts = {
      ...{ store: this.engine.store, vault: this.engine.vault, clock: browserClock },
      hold: async () => ({ release: () => undefined }),
      ...{ cell: plainCell, changed: () => undefined },
    };
    const begun = await newDraft(drafts, { id: intakeNow.id, version: intakeNow.version });
    assert(begun.ok, 'a draft begins');
    let draft: OpenDraft = begun.value;
    await saved(draft.save({ step: 'who', answers: firstAnswers(spoken) }));
    const pieces = [pieceOf(spoken)];
    await saved(draft.save({ step: 'words', answers: { words: { pieces } } }));
    if (reload) {
      await draft.close();
      const again = await openDraft(drafts, draft.draftId);
      assert(again.ok, 'a draft opens again');
      draft = again.value;
    }
    await saved(draft.save({ step: 'readback', answers: lastAnswers(draft.answers, agent.name) }));
    const areaCode = agent.villages[0]?.areaCode ?? (`${agent.countyCode}000000` as AreaCode);
    const context = {
      agent: { personId: agent.personId, name: agent.name, areaCode },
      today: toLocalDate(browserClock.now()),
      ...{
        noticeVersion: intakeNow.noticeVersion,
        startedAt: draft.startedAt,
        attachments: [],
        urgentReported: false,
      },
    };
    const taking = {
      areaCode,
      entries: ({ queryCode }: CaseNumbers) => takingFrom(draft.answers, { ...context, queryCode }),
    };
    const taken = await takeCase(recordDeps(this.engine, agent), draft, taking);
    assert(taken.ok, `the case is saved: ${taken.ok || JSON.stringify(taken.error)}`);
    await draft.taken();
    return { temporaryNumber: taken.value.numbers.temporaryNumber, spoken };
  }

  /** Tries once, as the loop does when the signal comes back; false while something is unsent. */
  async trySending(): Promise<boolean> {
    this.loop.wake('hand');
    await this.loop.settled();
    return (await this.unsent()) === 0 && this.loop.status.phase === 'idle';
  }

  /** The county asked to come later. */
  get isBusyAtCounty(): boolean {
    return this.loop.status.reason === 'COUNTY_BUSY';
  }

  /** Begins to send and does not wait for it. */
  startSending(): void {
    this.loop.wake('hand');
  }

  async unsent(): Promise<number> {
    return (await this.engine.store.eventsIn('p')).length;
  }

  /** Events the county put aside: none may be, these are honest acts. */
  async refused(): Promise<number> {
    return (await this.engine.store.eventsIn('q')).length;
  }

  close(): void {
    this.loop.stop();
    this.engine.store.close();
  }

  private sessionDeps() {
    const { origin } = this.setup;
    return { fetch: this.fetch, origin, build: BUILD, now: () => browserClock.now() };
  }

  private newLoop(): SyncLoop {
    const { store, vault } = this.engine;
    const http = httpTransport({
      ...{ fetch: this.fetch, digest: browserDigest, origin: this.setup.origin, gzip: gzipText },
      requestId: () => toBase64Url(randomBytes(16)),
    });
    const transport = this.setup.seams.transport(http);
    const counted: Transport = {
      ...transport,
      exchange: (request) => {
        this.exchanges++;
        return transport.exchange(request);
      },
    };
    return new SyncLoop(
      {
        ...{ store, vault, transport: counted, clock: browserClock, digest: browserDigest },
        ...{ build: BUILD, schema: EVENT_SCHEMA, ticks: () => performance.now() },
        // The run itself says when to try again, so that no test waits for a clock.
        timer: () => () => undefined,
        ...{ lock: (run) => run(() => true), dueOf: () => '' },
        enrolAgain: async () => {
          const sync = await store.sync();
          if (sync) await enrol(this.sessionDeps(), sync.dv);
        },
      },
      () => undefined,
    );
  }
}

async function openWith(setup: Setup): Promise<Engine> {
  const engine = await openEngine(setup.database, () => undefined);
  return { ...engine, vault: setup.seams.vault(engine.vault) };
}

async function saved(writing: ReturnType<OpenDraft['save']>): Promise<void> {
  const written = await writing;
  assert(written.ok, `the draft is saved: ${written.ok || written.error.code}`);
}
