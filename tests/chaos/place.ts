/** Places for attacked counties: a folder and a database each, gone afterwards. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, runScript } from '../../scripts/intake/county-process.ts';
import { startPostgres, type Postgres } from '../postgres.ts';
import { copyCounty, seededBefore } from '../seeded.ts';
import { HostProcess } from './host-process.ts';

export interface Place {
  readonly dataDir: string;
  /** Null: SQLite in the folder. */
  readonly databaseUrl: string | null;
  readonly port: number;
  /** Present when the database is a PostgreSQL of this run. */
  readonly postgres: Postgres | null;
  host(of?: {
    readonly plant?: string;
    readonly port?: number;
    readonly dataDir?: string;
    readonly origin?: string;
    readonly backupDir?: string;
    readonly spreadSeconds?: number;
  }): HostProcess;
}

/** Makes places for one run of attacks, and clears all of them away. */
export class Places {
  private readonly root = mkdtempSync(path.join(tmpdir(), 'daiban-chaos-'));
  private readonly hosts: HostProcess[] = [];
  private readonly db: 'sqlite' | 'pg';
  private seeded: Promise<string> | null = null;
  private postgres: Promise<Postgres> | null = null;
  private made = 0;

  constructor(db: 'sqlite' | 'pg') {
    this.db = db;
  }

  /** A county of its own: a copy of the sample county, unless it shall be empty. */
  async next(empty = false): Promise<Place> {
    const dataDir = path.join(this.root, `county-${this.made++}`);
    const postgres = this.db === 'pg' ? await (this.postgres ??= startPostgres()) : null;
    const databaseUrl = postgres ? await postgres.createDatabase() : null;
    if (empty) mkdirSync(dataDir);
    else if (databaseUrl !== null)
      await runScript('scripts/seed-demo.ts', [dataDir], { DATABASE_URL: databaseUrl });
    else copyCounty(await this.template(), dataDir);
    const port = await freePort();
    return {
      ...{ dataDir, databaseUrl, port, postgres },
      host: (of = {}) => {
        const codeDir = path.join(this.root, 'code');
        const host = new HostProcess({ dataDir, databaseUrl, port, codeDir, ...of });
        this.hosts.push(host);
        return host;
      },
    };
  }

  async close(): Promise<void> {
    for (const host of this.hosts) await host.kill();
    await (await this.postgres)?.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The sample county is made once per run and copied; `npm test` has one for all runs. */
  private template(): Promise<string> {
    const given = seededBefore();
    if (given !== null) return Promise.resolve(given);
    const dir = path.join(this.root, 'seeded');
    this.seeded ??= runScript('scripts/seed-demo.ts', [dir]).then(() => dir);
    return this.seeded;
  }
}
