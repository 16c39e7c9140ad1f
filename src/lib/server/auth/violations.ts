/**
 * What browsers report of our policy: counted by kind, in the memory of this node. Nothing of it is
 * written to the county's database, so that nobody can fill a disk with reports; the log keeps it.
 */

/** One kind of violation and how often it came. */
export interface ViolationLine {
  /** Page without ids, numbers, query and fragment. */
  readonly page: string;
  readonly directive: string;
  /** `inline`, `eval`, a kind of address, or the host of another site. */
  readonly blocked: string;
  readonly count: number;
}

export interface ViolationLog {
  /** Counts one report; false when it is none. */
  note(this: void, report: unknown): boolean;
  /** The most frequent first. */
  lines(this: void): readonly ViolationLine[];
  /** Reports of kinds beyond the limit. */
  uncounted(this: void): number;
  /** Since when this node counts. */
  readonly since: string;
}

/** Kinds kept at once: pages times directives are fewer. */
export const KINDS_MAX = 200;
/** Bytes of one report. */
export const REPORT_BYTES_MAX = 16 * 1024;
/** What takes longer to arrive is no report. */
export const REPORT_SECONDS = 5;

const WORDS = new Set([
  ...['inline', 'eval', 'wasm-eval', 'trusted-types-sink', 'trusted-types-policy', 'self'],
  ...[
    'data',
    'blob',
    'about',
    'filesystem',
    'chrome-extension',
    'moz-extension',
    'safari-extension',
  ],
]);

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 2_000) : '');

/** Only words of our own routes stay; whatever could be an id, a code or a name becomes a star. */
function pageOf(address: string): string {
  if (!URL.canParse(address)) return '?';
  const parts = new URL(address).pathname.split('/').filter((part) => part !== '');
  return `/${parts
    .slice(0, 5)
    .map((part) => (/^[a-z-]{1,20}$/.test(part) ? part : '*'))
    .join('/')}`;
}

function blockedOf(blocked: string): string {
  if (WORDS.has(blocked)) return blocked;
  if (!URL.canParse(blocked)) return 'other';
  const { protocol, hostname } = new URL(blocked);
  const scheme = protocol.slice(0, -1);
  if (WORDS.has(scheme)) return scheme;
  return /^[a-z0-9.-]{1,60}$/.test(hostname) ? hostname : 'other';
}

/** The kind of a report in the shape of `report-uri`; null for anything else. */
function kindOf(report: unknown): Omit<ViolationLine, 'count'> | null {
  if (report === null || typeof report !== 'object' || !('csp-report' in report)) return null;
  const body = report['csp-report'];
  if (body === null || typeof body !== 'object') return null;
  const said = body as Readonly<Record<string, unknown>>;
  const directive = text(said['effective-directive'] ?? said['violated-directive']).split(' ')[0];
  if (!directive || !/^[a-z-]{1,40}$/.test(directive)) return null;
  const page = pageOf(text(said['document-uri']));
  return { page, directive, blocked: blockedOf(text(said['blocked-uri'])) };
}

/** Whether this count is told: the first, the tenth, the hundredth. */
const isTold = (count: number): boolean => /^10*$/.test(String(count));

/** @param say one line for the log of the server, of words of our own only */
export function createViolationLog(since: string, say: (line: string) => void): ViolationLog {
  const kinds = new Map<string, ViolationLine>();
  let uncounted = 0;
  return {
    since,
    note(report) {
      const kind = kindOf(report);
      if (kind === null) return false;
      const id = `${kind.page}\n${kind.directive}\n${kind.blocked}`;
      const known = kinds.get(id);
      if (!known && kinds.size >= KINDS_MAX) {
        uncounted += 1;
        return true;
      }
      const count = (known?.count ?? 0) + 1;
      kinds.set(id, { ...kind, count });
      if (isTold(count))
        say(`blocked by policy: ${kind.directive} ${kind.blocked} on ${kind.page} (${count})`);
      return true;
    },
    lines: () => [...kinds.values()].toSorted((a, b) => b.count - a.count),
    uncounted: () => uncounted,
  };
}
