/** A server process of the ingest measurement, told and asked over IPC. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** What a server has used and holds so far. */
export interface Used {
  readonly user: number;
  readonly system: number;
  readonly commits: number;
  readonly rows: number;
}

/** One server process. */
export class Served {
  readonly child: ChildProcess;
  private constructor(child: ChildProcess) {
    this.child = child;
  }
  static async start(file: string, env: Record<string, string>) {
    const options = { env: { ...process.env, ...env }, execArgv: nodeFlags(file) };
    const child = fork(path.join(import.meta.dirname, file), options);
    const served = new Served(child);
    const { ready } = (await served.said()) as { ready: { port: number; agents: Agent[] } };
    return { served, ...ready };
  }
  private said(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`the server ended: ${code}`));
      this.child.once('exit', gone);
      this.child.once('message', (words) => {
        this.child.off('exit', gone);
        resolve(words);
      });
    });
  }
  async used(): Promise<Used> {
    const words = this.said();
    this.child.send('used');
    return ((await words) as { used: Used }).used;
  }
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    await gone;
  }
}
/** Who may push there. */
export interface Agent {
  readonly cookie: string;
}

/** `INGEST_PROFILE=<folder>` leaves a profile of the county's processor time there. */
function nodeFlags(file: string): string[] {
  const folder = process.env['INGEST_PROFILE'];
  const profiled = folder && file === 'ingest-county.ts';
  return profiled ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
}
