import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import { openContainer } from '../../src/lib/server/container.ts';
import { demoPeople } from '../../src/lib/server/demo/people.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { openRoom, type Room } from '../../src/lib/server/room.ts';
import { removeCounty } from '../seeded.ts';
import { seededCopy } from '../template-county.ts';

/** A seeded county on a real SQLite file, under `npm run test:pg` on PostgreSQL; people by user name. */
export interface TestCounty {
  readonly dir: string;
  readonly room: Room;
  person(user: string): Promise<Subject>;
  close(): Promise<void>;
}

/** `sqlite`: also under `npm run test:pg`, for what only a file can show. */
export async function openTestCounty({ sqlite = false } = {}): Promise<TestCounty> {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-desk-'));
  const onPostgres = process.env['DAIBAN_TEST_PG'] !== undefined && !sqlite;
  const database = await seededCopy(dir, onPostgres);
  const env = readEnv({
    DATA_DIR: dir,
    DATABASE_URL: database.databaseUrl,
    DAIBAN_DEMO: '1',
    ENROLMENT_CODES: '0',
  });
  if (!env.ok) throw new Error(env.error.join());
  const container = await openContainer(env.value);
  const room = await openRoom(container);
  return {
    dir,
    room,
    person: (user) => {
      const found = demoPeople().find((one) => one.user === user);
      if (!found) throw new Error(`no demo account ${user}`);
      return loadSubject(room.accounts.db, { id: found.personId, name: found.name });
    },
    close: async () => {
      await container.close();
      removeCounty(dir);
    },
  };
}

/** A form as a page would send it. */
export function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** 22 characters that are an event id. */
export const eventId = (word: string): string => word.padEnd(22, '0').slice(0, 22);
