import {
  createServer,
  request as forward,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

/** Bytes a captive portal sends for everything that is asked of it. */
const PORTAL_PAGE =
  '<!doctype html><html lang="zh-CN"><title>登录上网</title><body><h1>请先认证上网</h1></body></html>';

/** What passes through the gate; see {@link Gate.cut} for single breaks. */
type Mode = 'open' | 'portal';

/** Changes the body of an answer on its way, as a new build or a broken line would. */
export type Rewrite = (body: Buffer) => Buffer;

/** Which requests are meant, by their headers. */
export type When = (headers: IncomingHttpHeaders) => boolean;

interface Cut {
  readonly path: string;
  readonly when: When;
  readonly then: () => Promise<void>;
  readonly done: () => void;
}

/**
 * The line between browser and county: a small proxy that passes everything, plays a captive
 * portal, or breaks one answer after the county has committed it.
 *
 * The browser only ever knows the gate's address, so the county behind it may be killed and
 * started again without the tablet changing its origin.
 */
export class Gate {
  readonly port: number;
  /** Answers a portal gave, so that a test can prove it was asked at all. */
  portalAnswers = 0;
  mode: Mode = 'open';
  /** By path: answers that are changed on their way. */
  readonly rewrites = new Map<string, Rewrite>();
  readonly #server: Server;
  readonly #behind: () => number;
  #cut: Cut | undefined;
  /** Bytes of the bodies of the next requests to an address after which their line breaks. */
  readonly #breaks: { readonly path: string; readonly after: number }[] = [];

  private constructor(server: Server, port: number, behind: () => number) {
    this.#server = server;
    this.port = port;
    this.#behind = behind;
    server.on('request', (asked, answer) => this.#pass(asked, answer));
  }

  /** @param behind port of the county at this moment; nobody may be listening there */
  static open(behind: () => number): Promise<Gate> {
    return new Promise((resolve, reject) => {
      const server = createServer({ keepAliveTimeout: 1000 }).once('error', reject);
      server.listen(0, () => {
        const address = server.address();
        const port = typeof address === 'object' && address ? address.port : 0;
        resolve(new Gate(server, port, behind));
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Breaks the next answer to `path`: the county has read the request and begun its answer, which
   * means it has committed; `then` runs (say: a power cut), and the browser never hears of it.
   * @returns resolves when it happened
   */
  cut(
    path: string,
    then: () => Promise<void> = () => Promise.resolve(),
    when: When = () => true,
  ): Promise<void> {
    return new Promise((resolve) => (this.#cut = { path, when, then, done: resolve }));
  }

  /** Breaks the next longer body on its way to `path` behind so many bytes; several wait their turn. */
  breakRequest(path: string, after: number): void {
    this.#breaks.push({ path, after });
  }

  /** Passes a body on; of one that is to break the county gets the first bytes and no end. */
  #carry(asked: IncomingMessage, onward: ClientRequest): void {
    const next = this.#breaks[0];
    const bytes = Number(asked.headers['content-length'] ?? 0);
    if (next === undefined || !asked.url?.startsWith(next.path) || bytes <= next.after) {
      asked.pipe(onward);
      return;
    }
    this.#breaks.shift();
    let passed = 0;
    asked.on('data', (piece: Buffer) => {
      if (passed >= next.after) return;
      onward.write(piece.subarray(0, next.after - passed));
      passed += piece.length;
      if (passed < next.after) return;
      // A moment, so that the county has heard what came before the break.
      setTimeout(() => {
        onward.destroy();
        asked.socket.destroy();
      }, 50);
    });
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (this.mode === 'portal') {
      this.portalAnswers += 1;
      answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PORTAL_PAGE);
      return;
    }
    const { method, url, headers } = asked;
    const plain = this.rewrites.has(url ?? '')
      ? { ...headers, 'accept-encoding': 'identity' }
      : headers;
    delete plain['if-none-match'];
    const onward = forward({
      ...{ port: this.#behind(), host: '127.0.0.1', agent: false },
      ...{ method, path: url, headers: plain },
    });
    onward.on('response', (came) => {
      const cut = this.#cut;
      if (cut && url?.startsWith(cut.path) && cut.when(headers)) {
        this.#cut = undefined;
        came.resume();
        void cut.then().then(() => {
          answer.destroy();
          cut.done();
        });
        return;
      }
      came.on('error', () => answer.destroy());
      const rewrite = this.rewrites.get(url ?? '');
      if (rewrite) return void this.#rewritten(came, answer, rewrite);
      answer.writeHead(came.statusCode ?? 502, came.rawHeaders);
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    this.#carry(asked, onward);
    asked.on('error', () => onward.destroy());
  }

  async #rewritten(came: IncomingMessage, answer: ServerResponse, rewrite: Rewrite): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of came) parts.push(part as Buffer);
    const body = rewrite(Buffer.concat(parts));
    const headers = { ...came.headers, 'content-length': String(body.length) };
    delete headers.etag;
    answer.writeHead(came.statusCode ?? 502, headers).end(body);
  }
}
