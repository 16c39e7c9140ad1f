import { describe, expect, it } from 'vitest';
import { createViolationLog, KINDS_MAX } from './violations.ts';

const report = (page: string, directive = 'script-src-elem', blocked = 'inline') => ({
  'csp-report': {
    'document-uri': page,
    'effective-directive': directive,
    'blocked-uri': blocked,
    'script-sample': 'alert("王桂英 480000000001")',
  },
});

function open() {
  const said: string[] = [];
  return { said, log: createViolationLog('2026-11-22T00:00:00Z', (line) => void said.push(line)) };
}

describe('reports of browsers', () => {
  it('[AU86] are counted by kind; ids, codes, names, queries and samples are kept nowhere', () => {
    const { log, said } = open();
    const id = 'Qm9vayBvZiBzZWNyZXRz_-';
    for (const page of [
      `https://xf.example/desk/case/${id}?code=480000000001#王桂英`,
      'https://xf.example/desk/case/480000000001',
      `https://xf.example/desk/case/${encodeURIComponent('王桂英')}`,
    ])
      expect(log.note(report(page))).toBe(true);
    expect(log.lines()).toEqual([
      { page: '/desk/case/*', directive: 'script-src-elem', blocked: 'inline', count: 3 },
    ]);
    expect(said).toEqual(['blocked by policy: script-src-elem inline on /desk/case/* (1)']);
  });

  it('[AU86] of what was blocked only kind or host is kept', () => {
    const { log } = open();
    for (const blocked of ['https://evil.example/x?name=1', 'data:text/html,1', 'eval', '王桂英'])
      log.note(report('https://xf.example/track', 'connect-src', blocked));
    expect(log.lines().map((line) => line.blocked)).toEqual([
      ...['evil.example', 'data', 'eval', 'other'],
    ]);
  });

  it('[AU86] nothing else is counted, and kinds have a limit', () => {
    const { log } = open();
    for (const odd of [null, 1, 'x', [], {}, { 'csp-report': null }, report('x', 'Script\nsrc')])
      expect(log.note(odd)).toBe(false);
    for (let n = 0; n < KINDS_MAX + 7; n += 1)
      log.note(report('https://xf.example/desk', 'img-src', `https://h${n}.example/`));
    expect({ kinds: log.lines().length, more: log.uncounted() }).toEqual({
      ...{ kinds: KINDS_MAX, more: 7 },
    });
  });

  it('[AU86] the log hears the first, the tenth and the hundredth of a kind', () => {
    const { log, said } = open();
    for (let n = 0; n < 120; n += 1) log.note(report('https://xf.example/desk'));
    expect(said.map((line) => /\((\d+)\)/.exec(line)?.[1])).toEqual(['1', '10', '100']);
  });
});
