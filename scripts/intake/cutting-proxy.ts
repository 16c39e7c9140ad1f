import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens to one exchange on its way:
 *
 *     pass     request ────────▶ county ────────▶ answer
 *     request  request ──✂                                  the county sees half of it
 *     lost     request ────────▶ county ──✂                 committed, nobody told the tablet
 *     answer   request ────────▶ county ───✂─▶              half an answer
 */
export type Fate = 'pass' | 'request' | 'lost' | 'answer';

export interface ProxyPlan {
  /** Asked once per request whose first line begins with one of `watched`. */
  fate(): Fate;
  /** A cut has just happened, both ends are gone. */
  onCut(fate: Fate): void;
}

const WATCHED = ['POST /api/sync/exchange', 'PUT /api/media/'];
/** Enough of a request to be one, and never all of it. */
const HALF_REQUEST_BYTES = 700;
const HALF_ANSWER_BYTES = 300;

/** A TCP proxy that breaks connections in the middle; it understands nothing above TCP. */
export class CuttingProxy {
  readonly cuts: Record<Fate, number> = { pass: 0, request: 0, lost: 0, answer: 0 };
  /** False: nobody gets through, as without any signal. */
  open = true;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly plan: ProxyPlan;
  private readonly countyPort: number;

  constructor(countyPort: number, plan: ProxyPlan) {
    this.countyPort = countyPort;
    this.plan = plan;
    this.server = createServer((socket) => this.serve(socket));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Breaks every connection there is, as driving into a valley does. */
  breakAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(tablet: Socket): void {
    if (!this.open) return void tablet.destroy();
    const county = connect(this.countyPort, '127.0.0.1');
    let fate: Fate = 'pass';
    let requestBytes = 0;
    let answerBytes = 0;
    const cut = (): void => {
      const was = fate;
      fate = 'pass';
      tablet.destroy();
      county.destroy();
      this.cuts[was]++;
      this.plan.onCut(was);
    };
    for (const socket of [tablet, county]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        tablet.destroy();
        county.destroy();
      });
    }
    tablet.on('data', (bytes: Buffer) => {
      const head = bytes.subarray(0, 40).toString('latin1');
      if (WATCHED.some((line) => head.startsWith(line))) {
        fate = this.plan.fate();
        if (fate === 'pass') this.cuts.pass++;
        requestBytes = 0;
        answerBytes = 0;
      }
      if (fate === 'request') {
        const rest = HALF_REQUEST_BYTES - requestBytes;
        if (bytes.length >= rest) {
          county.write(bytes.subarray(0, rest), cut);
          return;
        }
      }
      requestBytes += bytes.length;
      county.write(bytes);
    });
    county.on('data', (bytes: Buffer) => {
      if (fate === 'lost') return cut();
      if (fate === 'answer' && answerBytes + bytes.length >= HALF_ANSWER_BYTES) {
        tablet.write(bytes.subarray(0, HALF_ANSWER_BYTES - answerBytes), cut);
        return;
      }
      answerBytes += bytes.length;
      tablet.write(bytes);
    });
  }
}
