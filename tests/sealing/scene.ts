/** A county on its own file or PostgreSQL, tablets that bring accusations, and its raw bytes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import type { CaseId } from '../../src/lib/domain/values.ts';
import type { WireEvent, WireMedia } from '../../src/lib/protocol/sync.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { openRoom } from '../../src/lib/server/room.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { grepFolder } from '../backup/grep.ts';
import { freshDatabase, postgresBinaries } from '../postgres.ts';

const VILLAGE = '230278200201';
const AT = '2026-06-08T02:00:00Z';
export const id = (name: string): string => `${name.padEnd(21, '_')}A`;
export const onPostgres = process.env['DAIBAN_TEST_PG'] !== undefined;

/** Folder and database of one county; it can be opened again and again. */
export async function placeOf(): Promise<{
  readonly dir: string;
  open(more?: NodeJS.ProcessEnv): Promise<Container>;
  readonly keyFile: string;
  /** Which of the words stand in its files, or in a dump of its database, as they are. */
  found(words: readonly string[]): readonly string[];
  end(): void;
}> {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-sealing-'));
  const [data, keyFile] = [path.join(dir, 'data'), path.join(dir, 'keys.json')];
  mkdirSync(data);
  const url = onPostgres ? await freshDatabase() : undefined;
  return {
    ...{ dir, keyFile },
    open: async (more = {}) => {
      const keys = { SEALING_KEY_FILE: keyFile, INTAKE_KEY_FILE: path.join(dir, 'intake.json') };
      const env = readEnv({
        DATA_DIR: data,
        DATABASE_URL: url,
        BACKUP_PLAIN: '1',
        ...keys,
        ...more,
      });
      if (!env.ok) throw new Error(env.error.join());
      const container = await openContainer(env.value);
      // Whose a kept event is says the table of accounts.
      await openRoom(container);
      return container;
    },
    found: (words) => {
      if (url !== undefined) {
        const dump = execFileSync(path.join(postgresBinaries() ?? '', 'pg_dump'), [url], {
          maxBuffer: 2 ** 30,
        });
        writeFileSync(path.join(data, 'dump.sql'), dump);
      }
      return grepFolder(data, words).hits;
    },
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export const ACCUSES = { ...EXAMPLES['case.submitted'].head, kind: '检举控告' as const };

/** A tablet of an agent of the village. */
export function tabletOf(county: Container, name: string) {
  const grant = { role: 'A', areaCode: VILLAGE, unitId: null, from: AT, to: null };
  const person = { personId: name, name, grants: [grant] } as unknown as Subject;
  let ds = 0;
  const send = async (
    caseName: string,
    told: readonly (readonly [type: string, change?: object])[],
    media: readonly WireMedia[] = [],
  ) => {
    const events = told.map(([t, change]): WireEvent => {
      ds += 1;
      const p = { ...EXAMPLES[t as keyof typeof EXAMPLES], ...change } as WireEvent['p'];
      return { c: 0, ds, id: id(`${name}${ds}`), t, v: 1, at: AT, p };
    });
    const done = await exchange(county.sync, person, {
      ...{ proto: 1, build: 't', schema: 1, dv: id(`dv${name}`), dsHi: 0, cursor: null },
      ...{ now: new Date().toISOString(), wit: null, wits: [], hist: [], feedBytesMax: 256_000 },
      cases: [{ id: id(caseName), salt: id(`salt${caseName}`) }],
      ...{ events, media: [...media] },
    });
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    return done.value.reply.results.map((r) => ('code' in r ? r.code : r.s));
  };
  return {
    person,
    send,
    /** A case from its first word to the county. */
    brings: (caseName: string, words: string, head: object) =>
      send(caseName, [
        ['case.drafted', { temporaryNo: `临-${VILLAGE}-A01-A-${String(ds + 1).padStart(4, '0')}` }],
        ['consent.recorded'],
        ['dictation.recorded', { verbatim: words }],
        ['dictation.readback_confirmed'],
        ['mandate.granted'],
        ['case.taken'],
        ['case.submitted', { head }],
      ]),
  };
}

export const caseOf = async (county: Container, name: string) =>
  (await county.store.transact(county.county, (tx) => tx.cases([id(name) as CaseId]))).get(
    id(name) as CaseId,
  );
