/**
 * A tablet without a screen: the tablet's own acts, store (in memory), exchange and transport. The
 * attack says when it tries, so that nothing waits for a clock.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { firstAnswers, lastAnswers, pieceOf } from '../../scripts/intake/answers.ts';
import { toLocalDate } from '../../src/lib/domain/calendar.ts';
import { intakeNow } from '../../src/lib/domain/forms/intake-forms.ts';
import { takingFrom } from '../../src/lib/domain/forms/taking.ts';
import { assert } from '../../src/lib/domain/values.ts';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync, type TabletStore } from '../../src/lib/ports/tablet-store.ts';
import type { NoReply, Transport } from '../../src/lib/ports/transport.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { Squeezer } from '../../src/lib/protocol/v2/frame.ts';
import { EXCHANGE_BYTES_MAX } from '../../src/lib/protocol/version.ts';
import { browserClock, browserDigest, randomBytes } from '../../src/lib/tablet/browser.ts';
import { recordDeps } from '../../src/lib/tablet/engine.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { recordLater, takeCase } from '../../src/lib/tablet/record.ts';
import { agentOf, enrol, type Session } from '../../src/lib/tablet/session.ts';
import { exchangeRound, type Round } from '../../src/lib/tablet/sync-round.ts';
import { EVENT_SCHEMA } from '../../src/lib/tablet/sync-start.ts';
import { gzipText, httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { plainVault } from '../../src/lib/tablet/vault.ts';
import { vaultOver } from '../vault/direct.ts';
import { oneConnectionFetch } from './client-fetch.ts';
import type { Marked, Marker } from './markers.ts';
import { PERSON_HEADER } from './people.ts';

const BUILD = 'chaos';
/** Pauses before a question after a cut are so many times shorter than the product's. */
const PATIENCE = 20;
/** Tries of an enrolment whose connection broke, as an agent presses again. */
const ENROL_TRIES = 5;
/** Stands for wherever the county is at this moment. */
const COUNTY_ORIGIN = 'http://county.invalid';
/** Exchanges of one drain; more means that something goes round in circles. */
const ROUNDS_MAX = 400;

/** The question after a cut: how much is there? */
export const isQuestion = (address: string): boolean => /[?]part=[^&]+$/.test(address);
/** The rest of a body that was cut. */
export const isRest = (address: string): boolean => /[?]part=[^&]+&from=/.test(address);

export interface TabletOf {
  /** Letters and digits; also the person, unless `person` is given. */
  readonly name: string;
  readonly person?: string;
  /** Where it asks, e.g. the proxy's address. */
  origin(this: void): string;
  /** Seam of the attack: where a plant breaks something. */
  readonly transport?: (real: Transport, tablet: ChaosTablet) => Transport;
  readonly fetch?: typeof fetch;
  /** Where thousands share one processor: packs as the county does, byte for byte in the same form. */
  readonly squeezer?: Squeezer;
}

let made = 0;

export class ChaosTablet {
  readonly name: string;
  readonly disk = new TabletDisk();
  readonly store: TabletStore = memoryTabletStore(this.disk);
  /** Every second tablet has a vault; what befalls them is the same. */
  readonly vault = made++ % 2 === 1 ? vaultOver(this.store) : plainVault();
  exchanges = 0;
  /** Requests of any kind: the county lets a person ask so often at once. */
  requests = 0;
  /** Broken requests whose rest the county took for the whole. */
  resumed = 0;
  lastFailure: NoReply | null = null;
  private readonly of: TabletOf;
  private readonly fetch: typeof fetch;
  /** How it speaks to the county, with the attack's seam in it. */
  readonly wire: Transport;
  private agent: Session['agent'] | null = null;
  private caseId: string | null = null;
  private cases = 0;

  constructor(of: TabletOf) {
    this.of = of;
    this.name = of.name;
    this.disk.begin(firstSync(browserClock.deviceId()));
    const given = of.fetch ?? oneConnectionFetch({ [PERSON_HEADER]: of.person ?? of.name });
    // The address may change between two tries, as when a proxy comes and goes.
    this.fetch = async (input, init) => {
      const address = String(input).replace(COUNTY_ORIGIN, of.origin());
      this.requests++;
      const answer = await given(address, init);
      if (isRest(address) && answer.status === 200) this.resumed++;
      return answer;
    };
    const real = httpTransport({
      ...{ fetch: this.fetch, digest: browserDigest, origin: COUNTY_ORIGIN, gzip: gzipText },
      requestId: () => toBase64Url(randomBytes(16)),
      // As the product goes on after a cut, only that nobody has to be patient here.
      pause: (ms) => sleep(ms / PATIENCE),
      ...(of.squeezer && { squeezer: of.squeezer }),
    });
    this.wire = of.transport?.(real, this) ?? real;
  }

  /** Online once, as every tablet begins; again after its device id changed. */
  async enrol(): Promise<void> {
    const { dv } = this.record;
    const deps = { fetch: this.fetch, origin: COUNTY_ORIGIN, build: BUILD };
    let done = await enrol({ ...deps, now: browserClock.now }, dv);
    for (let tries = 1; !done.ok && done.error === 'OFFLINE' && tries < ENROL_TRIES; tries++) {
      await sleep(200 * tries);
      done = await enrol({ ...deps, now: browserClock.now }, dv);
    }
    assert(done.ok, `enrolment of ${this.name}: ${done.ok || done.error}`);
    this.agent = agentOf(this.name, done.value, browserClock.now());
  }

  /** A picture or recording of the latest case, with the event that names it. */
  async keepFile(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<string> {
    const { agent, caseId, store, vault } = this;
    assert(agent && caseId, 'a case was taken');
    const kind = mime.startsWith('image/') ? 'PHOTO' : 'AUDIO';
    const deps = { store, vault, clock: browserClock, digest: browserDigest };
    const kept = await keepFile(deps, { caseId }, { bytes, meta: { mime, kind, caption: '' } });
    assert(kept.ok, `the file is saved: ${kept.ok || kept.error}`);
    const { sha256 } = kept.value;
    const payload = {
      ...{ sha256, bytes: bytes.length, mime, class: 'P3', capturedAt: browserClock.now() },
      kind: kind === 'PHOTO' ? 'photo' : 'audio',
    };
    const entries = [{ type: 'attachment.added' as const, payload }];
    const saved = await recordLater(this.deps(agent), caseId, entries);
    assert(saved.ok, `the file is named: ${saved.ok || JSON.stringify(saved.error)}`);
    return sha256;
  }

  get record() {
    assert(this.disk.record, 'the store was begun');
    return this.disk.record;
  }

  get unsent(): number {
    return this.disk.eventsIn('p').length;
  }

  /** Events the county put aside: none may be, these are honest acts. */
  get refused(): number {
    return this.disk.eventsIn('q').length;
  }

  /** Ids the county has acked, as this tablet believes. */
  ackedIds(): string[] {
    return [...this.disk.events.values()]
      .filter((r) => r.dv !== '' && (r.state === 'a' || r.state === 'f'))
      .map((r) => r.id);
  }

  /** 接单: one case with marked words. Six events. */
  async take(marks: Marker): Promise<Marked> {
    const { agent } = this;
    assert(agent, 'enrolled');
    const { marker, typed, wanted } = marks.next();
    const spoken = { id: `${this.name}x${this.cases++}`, typed, wanted };
    const startedAt = browserClock.now();
    const words = { ...firstAnswers(spoken), words: { pieces: [pieceOf(spoken)] } };
    const answers = lastAnswers(words, agent.name);
    const areaCode = agent.villages[0]?.areaCode;
    assert(areaCode, 'the agent has a village');
    const context = {
      agent: { personId: agent.personId, name: agent.name, areaCode },
      ...{ today: toLocalDate(startedAt), noticeVersion: intakeNow.noticeVersion, startedAt },
      ...{ attachments: [], urgentReported: false },
    };
    const form = { id: intakeNow.id, version: intakeNow.version };
    const draft = {
      ...{ draftId: browserClock.eventId(), caseId: browserClock.caseId(), form },
      salt: browserClock.salt(),
    };
    const taken = await takeCase(this.deps(agent), draft, {
      areaCode,
      entries: ({ queryCode }) => takingFrom(answers, { ...context, queryCode }),
    });
    assert(taken.ok, `the case is saved: ${taken.ok || JSON.stringify(taken.error)}`);
    this.caseId = draft.caseId;
    return { marker, text: wanted, temporaryNumber: taken.value.numbers.temporaryNumber };
  }

  /** 回避: the latest case goes to the township, and leaves this tablet once it is safe. */
  async recuse(): Promise<void> {
    const { agent, caseId } = this;
    assert(agent && caseId, 'a case was taken');
    const areaCode = agent.villages[0]?.areaCode;
    const payload = { reason: 'VILLAGER_WISH', wants: 'TOWNSHIP', areaCode };
    const saved = await recordLater(this.deps(agent), caseId, [{ type: 'agent.recused', payload }]);
    assert(saved.ok, `the act is saved: ${saved.ok || JSON.stringify(saved.error)}`);
  }

  /** Rows of the latest case that are still here. */
  get hereOfLatest(): number {
    return [...this.disk.events.values()].filter((row) => row.caseId === this.caseId).length;
  }

  /** 补充: so many events with marked words on the latest case, in one act. */
  async add(marks: Marker, count = 1): Promise<readonly Marked[]> {
    const { agent, caseId } = this;
    assert(agent && caseId, 'a case was taken');
    const texts = Array.from({ length: count }, () => marks.next());
    const entries = texts.map(({ typed }) => ({
      type: 'case.supplemented' as const,
      payload: { text: typed },
    }));
    const saved = await recordLater(this.deps(agent), caseId, entries);
    assert(saved.ok, `the act is saved: ${saved.ok || JSON.stringify(saved.error)}`);
    return texts.map(({ marker, wanted }) => ({ marker, text: wanted, temporaryNumber: null }));
  }

  /** One exchange, whatever becomes of it. */
  async round(bytesMax = EXCHANGE_BYTES_MAX): Promise<Round> {
    this.exchanges++;
    const { store, vault, wire: transport } = this;
    const round = await exchangeRound(
      {
        ...{ store, vault, transport, clock: browserClock, digest: browserDigest },
        ...{ build: BUILD, schema: EVENT_SCHEMA },
      },
      bytesMax,
      [],
    );
    this.lastFailure = round.kind === 'failed' ? round.outcome : null;
    if (round.kind === 'done' && round.forked) await this.enrol();
    return round;
  }

  /** Exchanges until nothing is left on either side; false at the first failure. */
  async drain(): Promise<boolean> {
    for (let n = 0; n < ROUNDS_MAX; n++) {
      const round = await this.round();
      if (round.kind === 'failed') return false;
      if (!round.more) return this.unsent === 0;
    }
    return false;
  }

  private deps(agent: Session['agent']) {
    return recordDeps({ store: this.store, vault: this.vault, sync: this.record }, agent);
  }
}
