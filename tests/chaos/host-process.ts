/** Starts, kills and starts again the county process that is attacked (`host.ts`). */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = path.join(import.meta.dirname, 'host.ts');
const READY_MS = 60_000;
/** Exit code beside 0 (clean), 1 (harm) and 2 (a plant that was not seen). */
const ENDED_BY_ITSELF = 3;

export interface HostOf {
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly port: number;
  /** Where Node keeps what it has compiled: the next start is faster. */
  readonly codeDir: string;
  readonly origin?: string;
  readonly plant?: string;
  /** Folder of the backups, on another disk as it were; the standard one when not given. */
  readonly backupDir?: string;
  /** Tablets spread their return over so many seconds; 0 when not given. */
  readonly spreadSeconds?: number;
}

export class HostProcess {
  kills = 0;
  starts = 0;
  readonly port: number;
  readonly origin: string;
  private readonly of: HostOf;
  private child: ChildProcess | null = null;
  private words = '';

  constructor(of: HostOf) {
    this.of = of;
    this.port = of.port;
    this.origin = of.origin ?? `http://127.0.0.1:${of.port}`;
  }

  /** Starts it and waits until it listens; throws with its words when it ends instead. */
  async start(): Promise<void> {
    const { dataDir, databaseUrl, port, codeDir, plant = '', spreadSeconds = 0 } = this.of;
    const { backupDir = '' } = this.of;
    const env = {
      ...process.env,
      ...{ DATA_DIR: dataDir, PORT: String(port), ORIGIN: this.origin, CHAOS_PLANT: plant },
      ...{
        NODE_ENV: 'demo',
        SPREAD_SECONDS: String(spreadSeconds),
        PROVE_MINUTES: '720',
        NODE_NO_WARNINGS: '1',
      },
      ...{
        DATABASE_URL: databaseUrl ?? '',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? codeDir,
        BACKUP_DIR: backupDir,
      },
    };
    this.words = '';
    const child = spawn(process.execPath, [HOST], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.starts++;
    // However this run ends, no server stays behind.
    const last = (): void => void child.kill('SIGKILL');
    process.once('exit', last);
    child.once('exit', () => process.off('exit', last));
    let ready = false;
    child.stdout.on('data', (words) => {
      this.words += String(words);
      ready ||= this.words.includes('ready');
    });
    child.stderr.on('data', (words) => {
      this.words = `${this.words}${String(words)}`.slice(-20_000);
    });
    const until = performance.now() + READY_MS;
    while (!ready && child.exitCode === null && performance.now() < until) await sleep(5);
    if (!ready) {
      child.kill('SIGKILL');
      throw new Error(`the county did not come up: ${this.words.slice(-1_500)}`);
    }
    child.once('exit', (code, signal) => this.ended(child, signal ?? String(code)));
  }

  /** Nobody waits for a county that is gone: an attack on nothing is neither clean nor harm. */
  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    console.error(`the county ended by itself (${how}): ${this.words.slice(-1_500)}`);
    process.exit(ENDED_BY_ITSELF);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get alive(): boolean {
    const { child } = this;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  /** What the process has said since it was started. */
  get said(): string {
    return this.words;
  }

  /** kill -9, as a power cut would. */
  async kill(): Promise<void> {
    if (await this.end('SIGKILL')) this.kills++;
  }

  /** Ends it the polite way. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<boolean> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return false;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
    return true;
  }
}
