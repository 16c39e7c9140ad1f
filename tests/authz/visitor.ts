/** One person's way to the county over HTTP: signs in, asks, and keeps what was answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionFetch } from '../../scripts/intake/session-fetch.ts';
import { PASSPHRASE, type Person } from './cast.ts';

export interface Answered {
  readonly status: number;
  readonly text: string;
}

const NOBODY: Person = {
  ...{ user: '', name: '', role: 'V', state: 'active', area: null, unit: null, listed: false },
};

const TRIES_MAX = 3;

export class Visitor {
  readonly person: Person;
  private readonly origin: string;
  private readonly fetch: typeof fetch;

  private constructor(origin: string, person: Person) {
    this.origin = origin;
    this.person = person;
    this.fetch = sessionFetch(origin);
  }

  /** Without a session: the villager, and whoever calls himself the system. */
  static nobody(origin: string, role: 'V' | 'S'): Visitor {
    return new Visitor(origin, { ...NOBODY, role, user: role });
  }

  /** Signs in; waits where the county asks for it. */
  static async signedIn(origin: string, person: Person): Promise<Visitor> {
    const visitor = new Visitor(origin, person);
    for (let tries = 0; tries < 8; tries++) {
      const body = JSON.stringify({ username: person.user, password: PASSPHRASE });
      const headers = { 'content-type': 'application/json' };
      const answer = await visitor.fetch(`${origin}/api/auth/sign-in/username`, {
        ...{ method: 'POST', body, headers },
      });
      if (answer.status === 200) return visitor;
      if (answer.status !== 429) throw new Error(`${person.user}: ${String(answer.status)}`);
      await sleep(Number(answer.headers.get('retry-after') ?? '2') * 1000);
    }
    throw new Error(`${person.user} was sent away from the sign-in too often`);
  }

  /** Asks again when the server had just closed a connection that lay idle. */
  async ask(path: string, init: RequestInit = {}): Promise<Answered> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.fetch(`${this.origin}${path}`, { redirect: 'manual', ...init });
        // A stream has no end; that it is given is what was asked.
        if (answer.headers.get('content-type') === 'text/event-stream') {
          await answer.body?.cancel();
          return { status: answer.status, text: '' };
        }
        return { status: answer.status, text: await answer.text() };
      } catch (error) {
        if (tries === TRIES_MAX) throw error;
      }
    }
  }

  /** A search as the page sends it; the address that it leads to is asked next. */
  async find(path: string, words: string): Promise<Answered & { readonly where: string }> {
    const sent = await this.post(`${path}?/find`, { q: words });
    const where = (JSON.parse(sent.text) as { location?: string }).location;
    if (where === undefined) throw new Error(`${path} takes no search: ${sent.text}`);
    return { ...(await this.ask(where)), where };
  }

  /** A form as a page of the desk sends it. */
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Answered> {
    const headers = { accept: 'application/json', 'x-sveltekit-action': 'true' };
    return this.ask(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }
}
