import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { actContext } from '../../src/lib/server/desk/context.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const files = async () => (await county.room.desk.cases.all()).map(({ file }) => file);
const fileOf = async (caseId: string): Promise<CaseFile> => {
  const record = await county.room.desk.cases.one(caseId);
  if (record === null) throw new Error(caseId);
  return record.file;
};

it('[K05] the office is told which case was taken first, and decides which goes on', async () => {
  const { desk } = county.room;
  const reviewer = await county.person('shenhe');
  const [one, other] = (await files())
    .filter(({ status }) => status === 'SUBMITTED')
    .sort((a, b) => ((a.moments.takenAt ?? '') < (b.moments.takenAt ?? '') ? -1 : 1));
  if (!one || !other) throw new Error('the demo has two new cases');
  const wordOf = async (of: CaseFile, master: CaseFile): Promise<string | undefined> => {
    const seen = await seeCase(desk, reviewer, of.caseId);
    if (!seen) throw new Error('the reviewer sees it');
    const { masters } = await actContext(desk, reviewer, seen);
    return masters.find(({ value }) => value === master.caseId)?.word;
  };
  expect(await wordOf(other, one)).toMatch(/（先接的，宜作主件）$/);
  expect(await wordOf(one, other)).toMatch(/（后接的）$/);
});

it('[AU25] a merge is in both cases or in neither, whatever stops the server when', async () => {
  const { desk } = county.room;
  const [child, master] = (await files()).filter(({ status }) => status === 'SUBMITTED');
  if (!child || !master) throw new Error('the demo has two new cases');
  const reviewer = await county.person('shenhe');
  const press = {
    caseId: child.caseId,
    act: 'merge',
    eventId: eventId('merge'),
    form: formOf({ masterCaseId: master.caseId, ground: '同一件事，两家一起来说' }),
  };
  let commits = 0;
  // The process dies inside the n-th transaction, before it is durable.
  const dyingAt = (n: number) => ({
    ...desk,
    sync: {
      ...desk.sync,
      store: {
        ...desk.sync.store,
        transact: ((who, body) =>
          desk.sync.store.transact(who, async (tx) => {
            const value = await body(tx);
            if ((commits += 1) === n) throw new Error('power cut');
            return value;
          })) as typeof desk.sync.store.transact,
      },
    },
  });
  await expect(perform(dyingAt(1), reviewer, press)).rejects.toThrow('power cut');
  expect((await fileOf(child.caseId)).status).toBe('SUBMITTED');
  expect((await fileOf(master.caseId)).children).toEqual([]);

  commits = 0;
  const done = await perform(dyingAt(2), reviewer, press);
  expect(done.ok).toBe(true);
  expect(commits).toBe(1);
  expect((await fileOf(child.caseId)).mergedInto?.caseId).toBe(master.caseId);
  const [told, ...more] = (await fileOf(master.caseId)).children;
  expect(more).toEqual([]);
  expect(told?.payload).toMatchObject({
    caseId: child.caseId,
    agent: { personId: child.agent?.personId },
  });
  expect(told?.payload.dues?.map(({ code }) => code)).toContain('C1');
  expect((await perform(desk, reviewer, press)).ok).toBe(false);
  expect((await fileOf(master.caseId)).children).toHaveLength(1);
});
