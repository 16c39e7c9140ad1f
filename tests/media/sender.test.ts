import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { agent as agentOf, fedOf, heardOf, newPhoto, openCounty } from './agent.ts';

let county: Awaited<ReturnType<typeof openCounty>>;
beforeAll(async () => {
  county = await openCounty();
});
afterAll(() => county.end());

const agent = (name: string) => agentOf(county, name);
const heard = (caseName: string) => heardOf(county, caseName);

describe('media belong to who sends the bytes', () => {
  it('[MD9] the hash of a photo of others, named in one’s own case, shows nothing', async () => {
    const photo = newPhoto();
    const [honest, curious] = [agent('h1'), agent('c1')];
    await honest.opens('H1', photo);
    for (const chunk of [0, 1]) await honest.put(photo, chunk);
    expect([await honest.sees(photo, 'H1'), await heard('H1')]).toEqual([200, [true]]);
    const one = await curious.opens('C1', photo);
    expect(one.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
    expect([await curious.sees(photo, 'C1'), await heard('C1')]).toEqual([404, [false]]);
    // One byte right is not the file; nor does announcing it for the honest case help.
    await curious.trade({ media: [curious.says(photo, 'H1')] });
    expect(await curious.put(photo, 1)).toBe(false);
    expect(await curious.put(photo, 0, Buffer.alloc(CHUNK_BYTES))).toBe(409);
    expect([await curious.sees(photo, 'C1'), await curious.sees(photo, 'H1')]).toEqual([404, 404]);
    // Who has taken the same picture himself sends it, and it is his too.
    expect([await curious.put(photo, 0), await curious.put(photo, 1)]).toEqual([false, true]);
    expect([await curious.sees(photo, 'C1'), await heard('C1')]).toEqual([200, [true]]);
  });

  it('[MD9] a wrong announcement of another does not refuse the honest file', async () => {
    const photo = newPhoto();
    const [honest, hostile] = [agent('h2'), agent('c2')];
    const wrong = [hostile.says(photo, 'H2', { mime: 'text/html', bytes: 5 })];
    const refused = await hostile.opens('C2', photo, wrong);
    expect(refused.missing).toEqual([{ sha: photo.sha, chunks: [], refused: 'MEDIA_TYPE' }]);
    expect((await honest.opens('H2', photo)).missing[0]?.chunks).toEqual([0, 1]);
    expect([await honest.put(photo, 0), await honest.put(photo, 1)]).toEqual([false, true]);
    // And who made the mistake may say it right.
    const again = await hostile.trade({ media: [hostile.says(photo, 'H2')] });
    expect(again.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
  });

  it('[MD9] flipped bits of another refuse only himself, and do not spoil what is half sent', async () => {
    const photo = newPhoto();
    const [honest, hostile] = [agent('h3'), agent('c3')];
    await honest.opens('H3', photo);
    await hostile.opens('C3', photo);
    expect(await honest.put(photo, 0)).toBe(false);
    const flipped = Buffer.alloc(CHUNK_BYTES, 9);
    for (let times = 0; times < 4; times++) {
      await hostile.put(photo, 0, flipped);
      await hostile.put(photo, 1);
    }
    expect((await hostile.trade({ media: [hostile.says(photo, 'C3')] })).missing).toEqual([
      { sha: photo.sha, chunks: [], refused: 'MEDIA_NOT_ITS_HASH' },
    ]);
    expect(await honest.put(photo, 1)).toBe(true);
    expect([await honest.sees(photo, 'H3'), await heard('H3')]).toEqual([200, [true]]);
  });

  it('[MD10] one photo in three cases is sent once and all of them hear of it', async () => {
    const photo = newPhoto();
    const honest = agent('h4');
    await honest.opens('H4', photo);
    const two = await honest.opens('I4', photo);
    expect(two.missing).toEqual([{ sha: photo.sha, chunks: [0, 1], parts: [] }]);
    expect([await honest.put(photo, 0), await honest.put(photo, 1)]).toEqual([false, true]);
    expect([await heard('H4'), await heard('I4')]).toEqual([[true], [true]]);
    expect([await honest.sees(photo, 'H4'), await honest.sees(photo, 'I4')]).toEqual([200, 200]);
    // Announced when the bytes are long here: nothing is asked for, and the case hears at once.
    const three = await honest.opens('J4', photo);
    expect(three.missing).toEqual([{ sha: photo.sha, chunks: [] }]);
    expect(fedOf(three).filter((type) => type === 'attachment.received')).toHaveLength(3);
    expect(await heard('J4')).toEqual([true]);
    const late = await honest.opens('K4', photo, []);
    expect([late.missing, await heard('K4')]).toEqual([[], [true]]);
  });
});
