import { describe, expect, it } from 'vitest';
import { REPORTS_MAX, violationReporter, type Violation } from './violations.ts';

const seen = (n: number): Violation => ({
  effectiveDirective: 'script-src-elem',
  blockedURI: 'inline',
  documentURI: `https://xf.example/tablet/case/${n}?code=480000000001#x`,
});

describe('what the browser blocked on the tablet', () => {
  it('[AU85] is told without query and fragment', async () => {
    const bodies: string[] = [];
    const fetch = async (_: unknown, init?: RequestInit) => {
      bodies.push(String(init?.body));
      return new Response(null, { status: 204 });
    };
    await violationReporter({ fetch: fetch as typeof globalThis.fetch }).note(seen(1));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain('"https://xf.example/tablet/case/1"');
    expect(bodies[0]).not.toContain('480000000001');
  });

  it('[AU85] waits without a line, up to a limit, and goes once', async () => {
    let line = false;
    let told = 0;
    const fetch = async () => {
      if (!line) throw new TypeError('Failed to fetch');
      told += 1;
      return new Response(null, { status: 204 });
    };
    const reporter = violationReporter({ fetch: fetch as unknown as typeof globalThis.fetch });
    for (let n = 0; n < REPORTS_MAX + 5; n += 1) await reporter.note(seen(n));
    expect(reporter.waiting).toBe(REPORTS_MAX);
    line = true;
    await reporter.flush();
    await reporter.flush();
    expect({ told, waiting: reporter.waiting }).toEqual({ told: REPORTS_MAX, waiting: 0 });
  });
});
