/** A county in a folder of its own with codes on, and requests as tablets send them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import type { DeviceId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import { decodeFrame, encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { exchangeReplySchema, type ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_MEDIA_TYPE, READ_HEADER } from '../../src/lib/protocol/version.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { makeCode } from '../../src/lib/server/keys/enrol-codes.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { freshDatabase } from '../postgres.ts';

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
export const VILLAGE = '230278200201';
export const id = (name: string): string => name.padEnd(22, '_');
export const who = (personId: string, role = 'A'): Subject =>
  ({
    ...{ personId, name: personId },
    grants: [{ role, areaCode: VILLAGE, unitId: null, from: '2026-01-01T00:00:00Z', to: null }],
  }) as unknown as Subject;

/** What an enrolment answered: 200 and its pass, or the refusal. */
export interface Told {
  readonly status: number;
  readonly error?: string;
  readonly pass?: string;
  readonly deviceLetter?: string;
  readonly dutyNumbers?: readonly { label: string; number: string }[];
}

type Change = Partial<ExchangeRequest> & { readonly dv: string };

/** Where an enrolment comes from and what it shows. */
export interface Shown {
  readonly address?: string;
  readonly secret?: string;
  readonly provenAt?: Instant;
}

export class EnrolScene {
  county!: Container;
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-enrol-'));
  private databaseUrl: string | undefined;

  /** `codes` as the setting says it; a second call opens the same county again. */
  async open(codes: '0' | '1' = '1'): Promise<this> {
    if (process.env['DAIBAN_TEST_PG'] !== undefined) this.databaseUrl ??= await freshDatabase();
    const place = { DATA_DIR: this.dataDir, DATABASE_URL: this.databaseUrl };
    const env = readEnv({ ...place, ENROLMENT_CODES: codes });
    if (!env.ok) throw new Error(env.error.join());
    this.county = await openContainer(env.value);
    return this;
  }

  async close(): Promise<void> {
    await this.county.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get deps() {
    const { county, store } = this.county;
    return { county, store, db: this.county.db as unknown as Kysely<CountyTables> };
  }

  /** A code made at the desk at that moment. */
  async code(personId: string, at: Instant = this.county.clock.now()): Promise<string> {
    const by = { personId: 'director' as PersonId, at };
    const made = await makeCode(this.deps, personId as PersonId, by);
    if (!made) throw new Error('too many codes are open');
    return made.code;
  }

  async enrol(
    person: Subject,
    body: { readonly dv: string; code?: string; pass?: string; key?: string; known?: true },
    from: string | Shown = 'yard',
  ): Promise<Told> {
    const {
      address = 'yard',
      secret,
      provenAt,
    } = typeof from === 'string' ? { address: from } : from;
    const json = JSON.stringify({ build: 't', ...body });
    const headers: Record<string, string> = secret === undefined ? {} : { [READ_HEADER]: secret };
    const request = new Request('http://county/x', { method: 'POST', body: json, headers });
    const answer = await enrolEndpoint(this.county, person, { request, address, provenAt });
    return { status: answer.status, ...((await answer.json()) as object) };
  }

  /** An exchange as it goes over HTTP, with headers of its own. */
  async ask(person: Subject, change: Change, headers: Record<string, string> = {}) {
    const json: ExchangeRequest = {
      ...{ proto: 1, build: 't', schema: 1, dsHi: 0, now: new Date().toISOString() },
      ...{ cursor: null, wit: null, wits: [], hist: [], cases: [], events: [], media: [] },
      ...{ feedBytesMax: 64_000, ...change },
    };
    const request = new Request('http://county/api/sync/exchange', {
      ...{ method: 'POST', headers: { 'content-type': EXCHANGE_MEDIA_TYPE, ...headers } },
      body: await encodeFrame(digest, { req: id('req'), json }),
    });
    return exchangeEndpoint(this.county, person, request);
  }

  async exchange(person: Subject, change: Change, headers: Record<string, string> = {}) {
    const answer = await this.ask(person, change, headers);
    const frame = await decodeFrame(digest, await answer.text(), id('req'));
    if (!frame.ok) throw new Error(frame.error);
    const reply = exchangeReplySchema.parse(frame.value.json);
    if (reply.kind !== 'exchange') throw new Error('expected an exchange');
    return reply;
  }

  /** The letter that the county gave a device; empty: it is not bound. */
  async letter(dv: string): Promise<string | null> {
    const { county, store } = this.county;
    const device = await store.transact(county, (tx) => tx.device(dv as DeviceId));
    return device?.letter ?? null;
  }

  async lines(action: string): Promise<{ personId: string; note: Record<string, unknown> }[]> {
    const rows = await this.deps.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', action)
      .execute();
    return rows.map(({ person_id, note }) => ({
      personId: person_id,
      note: JSON.parse(note ?? '{}') as Record<string, unknown>,
    }));
  }
}

/** A case that begins on a tablet, as one push has it. */
export const begun = (name: string, ds = 1) => ({
  cases: [{ id: id(`case${name}`), salt: id(`salt${name}`) }],
  events: [
    {
      ...{ c: 0, ds, id: id(`event${name}`), t: 'case.drafted', v: 1 },
      at: new Date().toISOString(),
      p: { ...EXAMPLES['case.drafted'], areaCode: VILLAGE, temporaryNo: undefined },
    },
  ],
  dsHi: ds,
});
