import { describe, expect, it } from 'vitest';
import type { CaseId } from '../src/lib/domain/values.ts';
import type { Outgoing } from '../src/lib/tablet/media-lane.ts';
import { SendJob } from '../src/lib/tablet/send-job.ts';
import { QUIET_LOOP, syncStatus } from '../src/lib/tablet/sync-status.ts';

const body = new Uint8Array();
const file = (id: string, bytes: number): Outgoing => ({
  record: { ...{ id, caseId: 'c' as CaseId, state: 'p', bytes, chunks: 1, day: 1, body } },
  meta: { sha256: `sha-${id}`, bytes, mime: '', kind: 'PHOTO', caption: '', capturedAt: '' },
});

describe('what one stretch of sending carries', () => {
  it('[UI77] its percentage is of all bytes of the job and never goes back', () => {
    const job = new SendJob();
    const [a, b, c] = [file('a', 100), file('b', 300), file('c', 600)] as const;
    const shown = [
      job.see([a, b]).share,
      job.arrived('sha-a', 1).share,
      job.see([b]).share,
      job.arrived('sha-b', 0.5).share,
      // Taken while the others go: the job is longer, the figure stays.
      job.see([b, c]).share,
      job.arrived('sha-b', 1).share,
      job.see([c]).share,
      job.arrived('sha-c', 1).share,
    ];
    expect(shown).toEqual([0, 0.25, 0.25, 0.625, 0.625, 0.625, 0.625, 1]);
    expect(job.end().share).toBeNull();
    expect(job.see([c]).share).toBe(0);
  });

  it('[UI76] what still has to go counts neither files nor pieces that lie at the county', () => {
    const job = new SendJob();
    const [a, b] = [file('a', 100), file('b', 300)] as const;
    job.see([a, b]);
    job.arrived('sha-a', 1);
    const figures = job.arrived('sha-b', 0.5);
    const status = syncStatus({
      ...{ all: [], media: [a.record, b.record], unsentTextBytes: 0, sync: null, line: null },
      ...{ alarmRead: '', clockMended: false, loop: { ...QUIET_LOOP, job: figures } },
    });
    expect([status.unsentMediaBytes, status.mediaProgress]).toEqual([150, 0.625]);
  });
});
