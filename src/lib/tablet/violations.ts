/** What the browser blocked on the tablet's page: its policy stands in the page, which names no collector. */
import { CLIENT_HEADER } from '../protocol/version.ts';

export const REPORT_PATH = '/api/csp-report';
/** Reports of one page that wait for a line; the county only counts them. */
export const REPORTS_MAX = 20;

/** The three facts that are told, with the names of the standard. */
export interface Violation {
  readonly effectiveDirective: string;
  readonly blockedURI: string;
  readonly documentURI: string;
}

/** A collector: `note` each violation, `flush` when there may be a line again. */
export function violationReporter(deps: { readonly fetch: typeof fetch }) {
  let waiting: Violation[] = [];
  const flush = async (): Promise<void> => {
    const now = waiting;
    waiting = [];
    for (const [n, one] of now.entries())
      if (!(await told(deps.fetch, one))) {
        waiting = [...now.slice(n), ...waiting].slice(0, REPORTS_MAX);
        return;
      }
  };
  return {
    note(one: Violation): Promise<void> {
      if (waiting.length < REPORTS_MAX) waiting.push(one);
      return flush();
    },
    flush,
    get waiting(): number {
      return waiting.length;
    },
  };
}

/** Whether the county answered at all; a refusal is an answer. */
async function told(ask: typeof fetch, one: Violation): Promise<boolean> {
  const body = JSON.stringify({
    'csp-report': {
      'effective-directive': one.effectiveDirective,
      'blocked-uri': one.blockedURI,
      // Without query and fragment: an address may carry what somebody looked for.
      'document-uri': one.documentURI.split(/[?#]/, 1)[0],
    },
  });
  try {
    await ask(REPORT_PATH, {
      ...{ method: 'POST', body, keepalive: true, credentials: 'omit' },
      headers: { 'content-type': 'application/csp-report', [CLIENT_HEADER]: '1' },
    });
    return true;
  } catch {
    return false;
  }
}

/** Listens for the life of the page. */
export function watchViolations(): void {
  const reporter = violationReporter({ fetch: (input, init) => fetch(input, init) });
  document.addEventListener('securitypolicyviolation', (event) => void reporter.note(event));
  addEventListener('online', () => void reporter.flush());
}
