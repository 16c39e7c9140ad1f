/**
 * How the nodes of one county hear of each other's commits: LISTEN and NOTIFY of PostgreSQL.
 *
 *     commit here ─► tell(seq) ─► NOTIFY ┄┄► every node: heard(seq)
 *     each second, and after a broken line: one look at the head ─► heard(seq)
 *
 * A signal says only how far the log has got; whoever hears it reads. So a lost one costs a second
 * and nothing else. It is sent after the commit and not inside it, where it would make the
 * commits of all counties wait for each other.
 */
import { Client } from 'pg';

const CHANNEL = 'daiban_head';
/** A node that died between its commit and its signal is noticed so soon. */
const LOOK_EVERY_MS = 1_000;
const AGAIN_AFTER_MS = 500;

export interface Signals {
  /** The log moved here. */
  tell(this: void, seq: number): void;
  close(): Promise<void>;
}

export interface SignalsOf {
  readonly url: string;
  readonly county: string;
  /** Reads how far the log has got. */
  readonly head: () => Promise<number>;
  /** The log has got to `seq`, here or elsewhere; told once for each new height. */
  readonly heard: (seq: number) => void;
}

class Line implements Signals {
  readonly #of: SignalsOf;
  #client: Client | null = null;
  #last: number;
  #told = 0;
  #sending = false;
  #open = true;
  #again: NodeJS.Timeout | undefined;
  readonly #look: NodeJS.Timeout;

  constructor(of: SignalsOf, start: number) {
    this.#of = of;
    this.#last = start;
    this.#look = setInterval(() => void this.#catchUp(), LOOK_EVERY_MS).unref();
  }

  #rise(seq: number): void {
    if (!this.#open || seq <= this.#last) return;
    this.#last = seq;
    this.#of.heard(seq);
  }

  async #catchUp(): Promise<void> {
    // A database that does not answer is told by whoever needs it; this only looks again.
    const seq = await this.#of.head().catch(() => 0);
    this.#rise(seq);
  }

  async connect(): Promise<void> {
    if (!this.#open) return;
    const client = new Client({ connectionString: this.#of.url, keepAlive: true });
    let over = false;
    const broken = () => {
      if (over) return;
      over = true;
      if (this.#client === client) this.#client = null;
      void client.end().catch(() => undefined);
      clearTimeout(this.#again);
      if (this.#open) this.#again = setTimeout(() => void this.connect(), AGAIN_AFTER_MS).unref();
    };
    client.on('error', broken).on('end', broken);
    client.on('notification', ({ payload }) => {
      const [county, seq] = (payload ?? '').split(' ');
      if (county === this.#of.county) this.#rise(Number(seq));
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
      await this.#catchUp();
    } catch {
      broken();
    }
  }

  async #send(): Promise<void> {
    this.#sending = true;
    for (let sent = 0; sent < this.#told && this.#client !== null;) {
      sent = this.#told;
      const text = `${this.#of.county} ${sent}`;
      // Not sent: the others look by themselves.
      await this.#client.query('select pg_notify($1, $2)', [CHANNEL, text]).catch(() => undefined);
    }
    this.#sending = false;
  }

  tell = (seq: number): void => {
    this.#rise(seq);
    this.#told = Math.max(this.#told, seq);
    if (!this.#sending) void this.#send();
  };

  async close(): Promise<void> {
    this.#open = false;
    clearInterval(this.#look);
    clearTimeout(this.#again);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}

/** Opens the line; without one it comes back by itself and looks each second meanwhile. */
export async function postgresSignals(of: SignalsOf): Promise<Signals> {
  const line = new Line(of, await of.head());
  await line.connect();
  return line;
}
