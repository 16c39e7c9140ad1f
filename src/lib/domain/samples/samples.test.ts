import { describe, expect, it } from 'vitest';
import sampleCases from '../data/sample-cases.json' with { type: 'json' };
import machine from '../data/state-machine.json' with { type: 'json' };
import { foldCase, foldSteps } from '../evolve.ts';
import { parseEventBody } from '../event-body.ts';
import { isCaseNo, isQueryCode, readTemporaryNo } from '../numbers.ts';
import { projectSamples, readSampleFile, sampleCountyEvents } from './adapter.ts';
import { replaySamples } from './replay.ts';
import type { SampleFile } from './sample-shape.ts';

const county = sampleCountyEvents();
type Alter = (file: SampleFile) => void;

/** Replays a deep copy of one case after a change; how much was found wrong. */
function found(caseId: string, alter: Alter): number {
  const whole = structuredClone(projectSamples());
  const file = { ...whole, cases: whole.cases.filter((one) => one.id === caseId) };
  alter(file);
  const report = replaySamples(file, false);
  return report.errors.length + report.statusMismatches.length + report.clockMismatches.length;
}

describe('the sample county', () => {
  it('[CL28] has 340 readable events of 20 cases, numbered in county order', () => {
    expect(county.events.length).toBe(340);
    expect(county.cases.length).toBe(20);
    expect(county.hazards.length).toBe(5);
    const events = [...county.events, ...county.hazards];
    for (const event of events) {
      const parsed = parseEventBody(event);
      expect(parsed.ok ? [] : [event.type, parsed.error.details]).toEqual([]);
    }
    expect(events.map((event) => event.stamp.seq)).toEqual(events.map((_, i) => i + 1));
    const times = county.events.map((event) => event.stamp.receivedAt ?? '');
    expect(times).toEqual([...times].sort());
    expect(new Set(events.map((event) => event.id)).size).toBe(345);
    expect(county.salts.size).toBe(25);
  });

  it('[CL28] is the same in every run, and folds whole: every read-back holds, every number is sound', () => {
    expect(JSON.stringify(sampleCountyEvents().events)).toBe(JSON.stringify(county.events));
    for (const { caseId, salt, sample } of county.cases) {
      const file = foldCase(
        county.events.filter((event) => event.caseId === caseId),
        salt,
      );
      expect(file.status).toBe(sample.finalStatus);
      expect(file.readbacks.map((one) => one.state)).toEqual(file.readbacks.map(() => 'CONFIRMED'));
      expect(file.dictations[0]?.verbatim).toBe(sample.dictation.verbatim);
      expect(isQueryCode(file.receipt?.queryCode ?? '')).toBe(true);
      expect(readTemporaryNo(file.numbers.temporaryNo ?? '')).not.toBeNull();
      expect(file.numbers.caseNo === null || isCaseNo(file.numbers.caseNo)).toBe(true);
    }
  });

  it('[CL28] every event is in its place, but for the telephone entry that came before its case', () => {
    const out = county.cases.flatMap(({ caseId, salt }) =>
      [
        ...foldSteps(
          county.events.filter((event) => event.caseId === caseId),
          salt,
        ),
      ]
        .filter(({ after }) => after.timeline.at(-1)?.effect !== 'APPLIED')
        .map(({ event }) => event.type),
    );
    expect(out).toEqual(['urgent.acknowledged']);
  });

  it('[CL28] the samples touch the types they claim, the rest is left to unit tests', () => {
    const used = new Set(county.events.map((event) => event.type));
    const known = machine.events.map((event) => event.id);
    expect([...used].every((type) => known.includes(type))).toBe(true);
    expect(used.size).toBe(59);
  });
});

describe('the replay finds what was altered', () => {
  it('[CL28] nothing differs in the copy as it is, the mends leave it alone', () => {
    const report = replaySamples(projectSamples());
    expect([
      report.errors,
      report.statusMismatches,
      report.clockMismatches,
      report.statsMismatches,
    ]).toEqual([[], [], [], []]);
    expect(report.statusesCompared).toBe(340);
    expect(report.clocksCompared).toBe(123);
    expect(report.statsCompared).toBe(18);
    expect(projectSamples()).toEqual(structuredClone(sampleCases));
  });

  it('[CL28] any status of any event', () => {
    let tried = 0;
    for (const { id, events } of sampleCases.cases) {
      for (const [i, listed] of events.entries()) {
        const other = listed.statusAfter === 'VOIDED' ? 'DRAFT' : 'VOIDED';
        const wrong = found(id, (file) => {
          const event = file.cases[0]?.events[i];
          if (event) event.statusAfter = other;
        });
        expect(wrong, `${id}/${String(listed.seq)}`).toBeGreaterThan(0);
        tried += 1;
      }
      expect(
        found(id, (file) => Object.assign(file.cases[0] ?? {}, { finalStatus: 'DRAFT' })),
      ).toBeGreaterThan(0);
    }
    expect(tried).toBe(340);
  }, 300_000);

  it('[CL28] any field of any clock, and a clock more or less', () => {
    let tried = 0;
    const changes: Readonly<Record<string, unknown>> = {
      due: '2026-01-01T23:59:59+08:00',
      startedAt: '2026-01-01T00:00:00+08:00',
      stoppedAt: '2026-01-02T00:00:00+08:00',
      outcome: 'LOST',
      provisional: true,
      extendedTo: '2026-01-03T23:59:59+08:00',
      onTime: 'maybe',
      code: 'C99',
    };
    for (const { id, clocks } of sampleCases.cases) {
      for (const [i] of clocks.entries()) {
        for (const [key, value] of Object.entries(changes)) {
          const wrong = found(id, (file) =>
            Object.assign(file.cases[0]?.clocks[i] ?? {}, { [key]: value }),
          );
          expect(wrong, `${id} ${String(i)} ${key}`).toBeGreaterThan(0);
          tried += 1;
        }
        expect(found(id, (file) => file.cases[0]?.clocks.splice(i, 1))).toBeGreaterThan(0);
      }
    }
    expect(tried).toBe(123 * 8);
  }, 300_000);

  it('[CL28] an event taken away is told by their number, most also by what no longer fits', () => {
    let told = 0;
    for (const { id, events } of sampleCases.cases) {
      for (const [i] of events.entries()) {
        const whole = structuredClone(projectSamples());
        const file = { ...whole, cases: whole.cases.filter((one) => one.id === id) };
        file.cases[0]?.events.splice(i, 1);
        const report = replaySamples(file, false);
        expect(report.events).toBe(events.length - 1);
        const wrong = [...report.errors, ...report.statusMismatches, ...report.clockMismatches];
        if (wrong.length > 0) told += 1;
      }
    }
    expect(told).toBeGreaterThan(200);
  }, 300_000);

  it('[CL28] a file of another shape is refused with the place', () => {
    expect(readSampleFile({ cases: [] })).toMatchObject({ ok: false });
    expect(readSampleFile(null)).toMatchObject({ ok: false });
  });
});
