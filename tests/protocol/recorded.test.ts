/**
 * Traffic of an older build against today's county: every recorded request is asked again, and must
 * come to the same end (ids, hashes, places, refusals). Only what a county draws anew may differ:
 * tags and epochs are translated as the replay meets them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/lib/protocol/frame.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_PATH } from '../../src/lib/protocol/version.ts';
import { jsonOf, told, Translation } from './replayed.ts';
import {
  bytesOf,
  digest,
  kept,
  trafficCounty,
  type AskStep,
  type Recording,
  type TrafficCounty,
} from './traffic.ts';

const FOLDER = new URL('recorded-v1/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const read = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording;

let county: TrafficCounty | null = null;
afterEach(async () => {
  await county?.close();
  county = null;
});

async function ask(step: AskStep, body: BodyInit): Promise<Response> {
  const headers = { 'content-type': step.request.type };
  const request = new Request(`http://county${step.path}`, {
    ...{ method: step.method, headers, body },
  });
  return (county as TrafficCounty).ask(step.person, request);
}

async function exchanged(step: AskStep, translation: Translation): Promise<void> {
  const then = (await jsonOf(step.answer.text ?? '')).json as ExchangeReply;
  const asked = await jsonOf(step.request.text ?? '');
  const json = translation.request(asked.json as ExchangeRequest);
  const response = await ask(step, await encodeFrame(digest, { req: asked.req, json }));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, step.answer.type]);
  const now = await jsonOf(await response.text());
  expect(now.req).toBe(asked.req);
  translation.learn(then, now.json as ExchangeReply);
  const reply = now.json as ExchangeReply;
  expect(told(reply)).toEqual(translation.expected(then, reply));
}

async function replay(recording: Recording): Promise<number> {
  const translation = new Translation();
  let asks = 0;
  for (const step of recording.steps) {
    county?.setClock(step.at);
    if (step.kind === 'county') {
      await county?.act(step.act);
      continue;
    }
    asks += 1;
    if (step.path === EXCHANGE_PATH) {
      await exchanged(step, translation);
      continue;
    }
    const response = await ask(step, bytesOf(step.request));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { text } = kept('', bytes);
    expect(response.status).toBe(step.answer.status);
    // A later county may say more in an answer, never less or other.
    const then = JSON.parse(step.answer.text ?? '') as Record<string, unknown>;
    const drawnAnew = 'epoch' in then ? { epoch: expect.any(String) as string } : {};
    expect(JSON.parse(text ?? '')).toMatchObject({ ...then, ...drawnAnew });
  }
  return asks;
}

describe('recorded traffic of version 1', () => {
  it.each(names)('[SY42] %s comes to the same end at today’s county', async (name) => {
    county = await trafficCounty();
    expect(await replay(read(name))).toBeGreaterThanOrEqual(3);
  });

  it('[SY42] a change of one result is seen', async () => {
    county = await trafficCounty();
    const recording = read('intake.json');
    const steps = recording.steps.map((step) =>
      step.kind === 'ask' && step.path === EXCHANGE_PATH
        ? { ...step, at: step.at.replace('2026-06-20', '2026-06-21') }
        : step,
    );
    await expect(replay({ ...recording, steps })).rejects.toThrow('to deeply equal');
  });
});
